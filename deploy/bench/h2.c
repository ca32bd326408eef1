// HTTP/2 with prior knowledge, by libnghttp2: a stream is answered when its request is whole.
#include "answers.h"
#include <nghttp2/nghttp2.h>
#include <stdlib.h>
#include <string.h>

typedef struct stream {
  char method[8], path[256];
  size_t method_size, path_size;
  reply reply;
  struct stream *next;
} stream;

struct h2 { nghttp2_session *session; buffer *out; };

static stream *unused;
static nghttp2_session_callbacks *callbacks;
static nghttp2_option *options;

static int begin(nghttp2_session *session, const nghttp2_frame *frame, void *user) {
  (void)user;
  stream *s = unused;
  if (s) unused = s->next; else s = malloc(sizeof *s);
  if (!s) abort();
  s->method_size = s->path_size = 0;
  return nghttp2_session_set_stream_user_data(session, frame->hd.stream_id, s);
}

static int header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name, size_t name_size,
                  const uint8_t *value, size_t size, uint8_t flags, void *user) {
  (void)flags, (void)user;
  if (name[0] != ':') return 0;
  stream *s = nghttp2_session_get_stream_user_data(session, frame->hd.stream_id);
  if (!s) return 0;
  if (name_size == 5 && name[1] == 'p' && size <= sizeof s->path) memcpy(s->path, value, s->path_size = size);
  if (name_size == 7 && name[1] == 'm' && size <= sizeof s->method) memcpy(s->method, value, s->method_size = size);
  return 0;
}

static ssize_t give(nghttp2_session *session, int32_t id, uint8_t *to, size_t room, uint32_t *flags,
                    nghttp2_data_source *source, void *user) {
  (void)session, (void)id, (void)to, (void)user;
  stream *s = source->ptr;
  size_t left = s->reply.what->size - s->reply.sent;
  *flags |= NGHTTP2_DATA_FLAG_NO_COPY;
  if (left <= room) *flags |= NGHTTP2_DATA_FLAG_EOF;
  return (ssize_t)(left < room ? left : room);
}

static int send_data(nghttp2_session *session, nghttp2_frame *frame, const uint8_t *head, size_t size,
                     nghttp2_data_source *source, void *user) {
  (void)session, (void)frame;
  h2 *h = user;
  buffer_put(h->out, head, 9);
  answers_copy(&((stream *)source->ptr)->reply, buffer_room(h->out, size), size);
  return 0;
}

static nghttp2_nv field(const char *name, const char *value) {
  return (nghttp2_nv){(uint8_t *)name, (uint8_t *)value, strlen(name), strlen(value),
                      NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE};
}

static int frame_came(nghttp2_session *session, const nghttp2_frame *frame, void *user) {
  (void)user;
  if (frame->hd.type != NGHTTP2_HEADERS && frame->hd.type != NGHTTP2_DATA) return 0;
  if (!(frame->hd.flags & NGHTTP2_FLAG_END_STREAM)) return 0;
  stream *s = nghttp2_session_get_stream_user_data(session, frame->hd.stream_id);
  if (!s) return 0;
  s->reply = answers_find(s->method, s->method_size, s->path, s->path_size);
  nghttp2_nv fields[] = {field(":status", s->reply.what->status), field("content-type", "application/json"),
                         field("content-length", s->reply.what->length)};
  nghttp2_data_provider body = {.source.ptr = s, .read_callback = give};
  return nghttp2_submit_response(session, frame->hd.stream_id, fields, 3, &body);
}

static int closed(nghttp2_session *session, int32_t id, uint32_t code, void *user) {
  (void)code, (void)user;
  stream *s = nghttp2_session_get_stream_user_data(session, id);
  if (s) { s->next = unused; unused = s; }
  return 0;
}

static int drain(h2 *h) {
  const uint8_t *bytes;
  ssize_t size;
  while ((size = nghttp2_session_mem_send(h->session, &bytes)) > 0) buffer_put(h->out, bytes, (size_t)size);
  return size == 0 && (nghttp2_session_want_read(h->session) || nghttp2_session_want_write(h->session));
}

h2 *h2_open(buffer *out) {
  if (!callbacks) {
    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, begin);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, header);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, frame_came);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, closed);
    nghttp2_session_callbacks_set_send_data_callback(callbacks, send_data);
    nghttp2_option_new(&options);
    nghttp2_option_set_no_closed_streams(options, 1);
  }
  h2 *h = calloc(1, sizeof *h);
  if (!h) abort();
  h->out = out;
  nghttp2_session_server_new2(&h->session, callbacks, h, options);
  nghttp2_settings_entry settings[] = {{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, 1000}, {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 1 << 20}};
  nghttp2_submit_settings(h->session, 0, settings, 2);
  nghttp2_session_set_local_window_size(h->session, 0, 0, 1 << 24);
  return h;
}

int h2_receive(h2 *h, const uint8_t *bytes, size_t size) {
  return nghttp2_session_mem_recv(h->session, bytes, size) >= 0 && drain(h);
}

void h2_close(h2 *h) {
  nghttp2_session_del(h->session);
  free(h);
}
