import os
import subprocess

IMAGE = "smtp-double:latest"
KINDS = {1025: "smtp", 8025: "admin"}  # what READY calls the ports of the image


class DockerContainer:
    def __init__(self, image):
        assert image == IMAGE, image
        self.exposed, self.strategy = (), None
        self.process, self.ready = None, {}

    def with_exposed_ports(self, *ports):
        self.exposed = ports
        return self

    def waiting_for(self, strategy):
        self.strategy = strategy
        return self

    def __enter__(self):
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SMTP_DOUBLE_")}
        ports = {"SMTP_DOUBLE_LISTEN": "127.0.0.1:0", "SMTP_DOUBLE_ADMIN": "127.0.0.1:0"}
        self.process = subprocess.Popen([os.environ["SMTP_DOUBLE_BINARY"], "serve"], env=kept | ports,
                                        stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
        try:
            word, *pairs = self.process.stdout.readline().split()
            assert word == "READY", word
            self.ready = dict(pair.split("=", 1) for pair in pairs)
            self.strategy.wait_until_ready(self)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.communicate(timeout=30)
        assert self.process.returncode == 0, self.process.returncode

    def get_container_host_ip(self):
        return "127.0.0.1"

    def get_exposed_port(self, port):
        assert port in self.exposed, port
        return int(self.ready[KINDS[port]].rpartition(":")[2])
