"""A server on 127.0.0.1 that has MNIST's files and sends them well, or badly."""

import contextlib
import gzip
import http.server
import threading

from nnlib.mnist_files import MNIST_FILES


@contextlib.contextmanager
def mirror(contents, answer=None):
    """The address of a server of the files `contents`, {part: bytes}; `answer(request, content)` sends one of them.

    Every file is announced; what follows is up to `answer`. Its `request.over` is an Event that ends with the server.
    """
    over = threading.Event()
    files = {f"/{MNIST_FILES[part].name}.gz": gzip.compress(content, 1) for part, content in contents.items()}

    class Request(http.server.BaseHTTPRequestHandler):
        def do_HEAD(self):
            self.send_response(200)
            self.end_headers()

        def do_GET(self):
            (answer or send)(self, files[self.path])

        def log_message(self, *args):
            pass

    Request.over = over
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Request)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        over.set()
        server.shutdown()
        server.server_close()


def send(request, content, announced=None, status=200):
    """Send the bytes `content`, of which the header announces as many as there are, or as many as `announced`."""
    request.send_response(status)
    request.send_header("Content-Length", str(len(content) if announced is None else announced))
    request.end_headers()
    request.wfile.write(content)
