#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>
/* Kills its process at a moment that the file KILL_AT names: before or after the count-th sync (s), write to the platform
   (b), write to the platform after its head alone has gone out (h), read from the platform (r), answer to a client (c). */
struct order {
  volatile char moment, side;
  volatile int count, port, met;
};
static struct order none, *order = &none;

__attribute__((constructor)) static void load(void) {
  const char *path = getenv("KILL_AT");
  int file = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
  void *map = file < 0 ? MAP_FAILED : mmap(0, sizeof none, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (map != MAP_FAILED) order = map;
}

static void die(void) {
  order->met = 1;
  for (;;) kill(getpid(), SIGKILL);
}

/* The moment has come for the count-th time. */
static int due(char moment, char side) {
  return order->moment == moment && order->side == side && __sync_sub_and_fetch(&order->count, 1) == 0;
}

static int is_platform(int fd) {
  struct sockaddr_in peer;
  socklen_t size = sizeof peer;
  return !getpeername(fd, (struct sockaddr *)&peer, &size) && peer.sin_family == AF_INET && ntohs(peer.sin_port) == order->port;
}

static int is_answer(int fd, const char *bytes, size_t size) {
  return size > 9 && !memcmp(bytes, "HTTP/1.1 ", 9) && !is_platform(fd);
}

#define REAL(name) static typeof(name) *real; if (!real) real = (typeof(name) *)dlsym(RTLD_NEXT, #name)

int fdatasync(int fd) {
  REAL(fdatasync);
  if (due('s', '<')) die();
  int result = real(fd);
  if (due('s', '>')) die();
  return result;
}

int fsync(int fd) {
  REAL(fsync);
  if (due('s', '<')) die();
  int result = real(fd);
  if (due('s', '>')) die();
  return result;
}

static ssize_t out(int fd, const char *bytes, size_t size, ssize_t (*go)(int, const void *, size_t)) {
  char moment = order->moment;
  int platform = (moment == 'h' || moment == 'b') && is_platform(fd);
  if (moment == 'c' && is_answer(fd, bytes, size) && due('c', order->side)) {
    if (order->side == '>') go(fd, bytes, size);
    die();
  }
  if (platform && due(moment, '>')) {
    const char *end = moment == 'h' ? memmem(bytes, size, "\r\n\r\n", 4) : 0;
    go(fd, bytes, end ? (size_t)(end + 4 - bytes) : size);
    die();
  }
  return go(fd, bytes, size);
}

ssize_t write(int fd, const void *bytes, size_t size) {
  REAL(write);
  return order->moment && order->moment != 's' && order->moment != 'r' ? out(fd, bytes, size, real) : real(fd, bytes, size);
}

ssize_t writev(int fd, const struct iovec *pieces, int count) {
  REAL(writev);
  if (order->moment && order->moment != 's' && order->moment != 'r') {
    static __thread char whole[1 << 20];
    size_t size = 0;
    for (int at = 0; at < count && size + pieces[at].iov_len <= sizeof whole; at++) {
      memcpy(whole + size, pieces[at].iov_base, pieces[at].iov_len);
      size += pieces[at].iov_len;
    }
    return write(fd, whole, size);
  }
  return real(fd, pieces, count);
}

static ssize_t in(int fd, ssize_t size) {
  if (size > 0 && order->moment == 'r' && is_platform(fd) && due('r', '>')) die();
  return size;
}

ssize_t read(int fd, void *bytes, size_t size) {
  REAL(read);
  return in(fd, real(fd, bytes, size));
}

ssize_t recv(int fd, void *bytes, size_t size, int flags) {
  REAL(recv);
  return in(fd, real(fd, bytes, size, flags));
}
