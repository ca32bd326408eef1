// Asks the same GET at an even pace, HTTP/2 in the clear, and says how late the answers are. Each request has a time at which
// it is due, however slow the answers before it were, and its lateness counts from there. Every body is compared with the right one.
//   paced PORT PATH RATE COUNT CONNECTIONS RIGHT SLACK [NAME VALUE]...
// RIGHT is a file with the right body; with a SLACK above 0 only sizes are compared, and may differ by so much. Prints `open`
// when all connections stand; after the last answer right answers, all requests, answers a second, median and 99th percentile
// in microseconds. After each of the two lines it waits for a line, or the end, of its input: that is when others look.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <nghttp2/nghttp2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

typedef struct { int socket; nghttp2_session *session; uint8_t *out; size_t start, end, room; } connection;
typedef struct { int64_t due; size_t got; int is_wrong; } request;

static char right[1 << 20];
static size_t right_size, slack;
static int64_t *lateness;
static long answered, good;

static int64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static int header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name, size_t name_size,
                  const uint8_t *value, size_t size, uint8_t flags, void *user) {
  (void)flags, (void)user;
  request *r = nghttp2_session_get_stream_user_data(session, frame->hd.stream_id);
  if (r && name_size == 7 && memcmp(name, ":status", 7) == 0 && (size != 3 || memcmp(value, "200", 3))) r->is_wrong = 1;
  return 0;
}

static int data(nghttp2_session *session, uint8_t flags, int32_t id, const uint8_t *bytes, size_t size, void *user) {
  (void)flags, (void)user;
  request *r = nghttp2_session_get_stream_user_data(session, id);
  if (!r) return 0;
  if (!slack && (r->got + size > right_size || memcmp(right + r->got, bytes, size))) r->is_wrong = 1;
  r->got += size;
  return 0;
}

static int closed(nghttp2_session *session, int32_t id, uint32_t code, void *user) {
  (void)user;
  request *r = nghttp2_session_get_stream_user_data(session, id);
  if (!r) return 0;
  size_t off = r->got > right_size ? r->got - right_size : right_size - r->got;
  if (code == 0 && !r->is_wrong && off <= slack) good++;
  lateness[answered++] = now() - r->due;
  return 0;
}

static int flush(connection *c) {
  const uint8_t *bytes;
  ssize_t size;
  while ((size = nghttp2_session_mem_send(c->session, &bytes)) > 0) {
    if (c->end + (size_t)size > c->room && !(c->out = realloc(c->out, c->room = (c->end + (size_t)size) * 2))) abort();
    memcpy(c->out + c->end, bytes, (size_t)size);
    c->end += (size_t)size;
  }
  while (c->start < c->end) {
    ssize_t n = send(c->socket, c->out + c->start, c->end - c->start, MSG_NOSIGNAL);
    if (n < 0 && errno == EAGAIN) return 1;  // The next tick tries again.
    if (n <= 0) return 0;
    c->start += (size_t)n;
  }
  c->start = c->end = 0;
  return 1;
}

static int by_size(const void *a, const void *b) {
  int64_t one = *(const int64_t *)a, other = *(const int64_t *)b;
  return one < other ? -1 : one > other;
}

static nghttp2_nv field(const char *name, const char *value) {
  return (nghttp2_nv){(uint8_t *)name, (uint8_t *)value, strlen(name), strlen(value), NGHTTP2_NV_FLAG_NONE};
}

int main(int words, char **word) {
  if (words < 8) { fprintf(stderr, "usage: paced PORT PATH RATE COUNT CONNECTIONS RIGHT SLACK [NAME VALUE]...\n"); return 64; }
  double rate = atof(word[3]);
  long count = atol(word[4]), next = 0;
  int connections = atoi(word[5]), poller = epoll_create1(0), one = 1;
  FILE *file = fopen(word[6], "r");
  if (!file || rate <= 0 || count < 1 || connections < 1) { perror(word[6]); return 1; }
  right_size = fread(right, 1, sizeof right, file);
  fclose(file);
  slack = (size_t)atol(word[7]);
  prctl(PR_SET_TIMERSLACK, 1UL);
  nghttp2_nv fields[64] = {field(":method", "GET"), field(":scheme", "http"), field(":authority", "127.0.0.1"), field(":path", word[2])};
  size_t field_count = 4;
  for (int i = 8; i + 1 < words && field_count < 64; i += 2) {
    for (char *c = word[i]; *c; c++) if (*c >= 'A' && *c <= 'Z') *c += 32;
    fields[field_count++] = field(word[i], word[i + 1]);
  }
  nghttp2_session_callbacks *callbacks;
  nghttp2_session_callbacks_new(&callbacks);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, header);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, data);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, closed);
  connection *all = calloc((size_t)connections, sizeof *all);
  request *requests = calloc((size_t)count, sizeof *requests);
  lateness = calloc((size_t)count, sizeof *lateness);
  struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(word[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  for (int i = 0; i < connections; i++) {
    connection *c = &all[i];
    c->socket = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(c->socket, (void *)&address, sizeof address)) { perror("paced"); return 1; }
    setsockopt(c->socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    nghttp2_session_client_new(&c->session, callbacks, c);
    nghttp2_settings_entry settings[] = {{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 1 << 20}, {NGHTTP2_SETTINGS_ENABLE_PUSH, 0}};
    nghttp2_submit_settings(c->session, 0, settings, 2);
    nghttp2_session_set_local_window_size(c->session, 0, 0, 1 << 24);
    epoll_ctl(poller, EPOLL_CTL_ADD, c->socket, &(struct epoll_event){EPOLLIN, {.ptr = c}});
    flush(c);
  }
  printf("open\n");
  fflush(stdout);
  getchar();
  static uint8_t bytes[1 << 17];
  struct epoll_event events[64];
  int64_t step = (int64_t)(1e9 / rate), start = now() + 20000000, limit = start + count * step + 20000000000LL, at;
  while (answered < count && (at = now()) < limit) {
    int64_t wait = 5000000;
    for (; next < count && start + next * step <= at; next++) {
      connection *c = &all[next % connections];
      requests[next].due = start + next * step;
      if (nghttp2_submit_request(c->session, 0, fields, field_count, 0, &requests[next]) < 0 || !flush(c)) return 1;
    }
    if (next < count && start + next * step - at < wait) wait = start + next * step - at;
    struct timespec pause = {0, wait > 0 ? wait : 0};
    int n = epoll_pwait2(poller, events, 64, &pause, 0);
    for (int i = 0; i < n; i++) {
      connection *c = events[i].data.ptr;
      ssize_t size = recv(c->socket, bytes, sizeof bytes, MSG_DONTWAIT);
      if (size == 0 || (size < 0 && errno != EAGAIN)) { fprintf(stderr, "paced: a connection was closed\n"); return 1; }
      if (size > 0 && nghttp2_session_mem_recv(c->session, bytes, (size_t)size) < 0) return 1;
      if (!flush(c)) return 1;
    }
  }
  int64_t end = now();
  qsort(lateness, (size_t)answered, sizeof *lateness, by_size);
  long middle = answered / 2, most = answered * 99 / 100;
  printf("%ld %ld %.1f %.1f %.1f\n", good, count, (double)answered * 1e9 / (double)(end - start),
         answered ? (double)lateness[middle] / 1000 : 0, answered ? (double)lateness[most] / 1000 : 0);
  fflush(stdout);
  getchar();
  return 0;
}
