"""In place of testcontainers, for the example of docker/testcontainers: no engine, the program itself on the loopback.

What the example uses is here, and nothing more. SMTP_DOUBLE_BINARY is the program.
"""
