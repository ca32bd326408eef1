// A platform that answers at once: one thread, HTTP/2 and HTTP/1.1 on one port, told apart by the first byte.
//   backend PORT TABLE       (PORT 0: any; the port is printed)
#define _GNU_SOURCE
#include "answers.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

typedef struct {
  int socket, waits;
  h2 *session;
  buffer out, in;
} connection;

static int poller;
static char bytes[1 << 18];

static void watch(connection *c, int change, uint32_t events) {
  epoll_ctl(poller, change, c->socket, &(struct epoll_event){events, {.ptr = c}});
}

static int flush(connection *c) {
  while (c->out.start < c->out.end) {
    ssize_t n = send(c->socket, c->out.bytes + c->out.start, c->out.end - c->out.start, MSG_NOSIGNAL);
    if (n < 0 && errno != EAGAIN) return 0;
    if (n <= 0) {
      if (!c->waits) watch(c, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
      return c->waits = 1;
    }
    c->out.start += (size_t)n;
  }
  c->out.start = c->out.end = 0;
  if (c->waits) watch(c, EPOLL_CTL_MOD, EPOLLIN);
  c->waits = 0;
  return 1;
}

static int receive(connection *c) {
  ssize_t n = recv(c->socket, bytes, sizeof bytes, 0);
  if (n <= 0) return n < 0 && errno == EAGAIN;
  // No method but HTTP/2's own begins with "PR".
  if (!c->session && !c->in.end && bytes[0] == 'P' && (n < 2 || bytes[1] == 'R')) c->session = h2_open(&c->out);
  if (c->session) return h2_receive(c->session, (uint8_t *)bytes, (size_t)n);
  if (!c->in.end) {
    long used = h1_receive(&c->out, bytes, (size_t)n);
    if (used >= 0 && used < n) buffer_put(&c->in, bytes + used, (size_t)(n - used));
    return used >= 0;
  }
  buffer_put(&c->in, bytes, (size_t)n);
  long used = h1_receive(&c->out, (char *)c->in.bytes, c->in.end);
  if (used < 0) return 0;
  memmove(c->in.bytes, c->in.bytes + used, c->in.end - (size_t)used);
  c->in.end -= (size_t)used;
  return 1;
}

static void close_connection(connection *c) {
  close(c->socket);
  if (c->session) h2_close(c->session);
  free(c->out.bytes);
  free(c->in.bytes);
  free(c);
}

int main(int count, char **words) {
  if (count != 3) { fprintf(stderr, "usage: backend PORT TABLE\n"); return 64; }
  answers_load(words[2]);
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(words[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  if (bind(listener, (void *)&address, size) || listen(listener, 1024) || getsockname(listener, (void *)&address, &size)) {
    perror("backend");
    return 1;
  }
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  poller = epoll_create1(0);
  epoll_ctl(poller, EPOLL_CTL_ADD, listener, &(struct epoll_event){EPOLLIN, {.ptr = 0}});
  struct epoll_event events[64];
  for (;;) {
    int n = epoll_wait(poller, events, 64, -1);
    for (int i = 0; i < n; i++) {
      connection *c = events[i].data.ptr;
      if (!c) {
        int socket = accept4(listener, 0, 0, SOCK_NONBLOCK);
        if (socket < 0) continue;
        setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        c = calloc(1, sizeof *c);
        if (!c) abort();
        c->socket = socket;
        watch(c, EPOLL_CTL_ADD, EPOLLIN);
        continue;
      }
      int alive = 1;
      if (events[i].events & (EPOLLIN | EPOLLERR | EPOLLHUP)) alive = receive(c);
      if (!alive || !flush(c)) close_connection(c);
    }
  }
}
