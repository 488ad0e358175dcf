import urllib.request


class HttpWaitStrategy:
    def __init__(self, port, path):
        self.port, self.path = port, path

    def wait_until_ready(self, container):
        url = f"http://{container.get_container_host_ip()}:{container.get_exposed_port(self.port)}{self.path}"
        with urllib.request.urlopen(url, timeout=30) as answer:
            assert answer.status == 200, answer.status
