// What the backend answers, and how a connection hands it out.
#pragma once
#include <stddef.h>
#include <stdint.h>

#define DIGITS 8

// One line of the table. In the body, a run of eight '#' stands for the last eight characters of what the pattern's '*'
// matched, a run of eight '@' for a number that no answer had before, a run of eight '%' for a time that has run on since the
// last answer. `places` are where they begin, and which of the three is there.
typedef struct {
  char method[8], pattern[128];
  char status[4], length[16];
  char *body;
  size_t size, head_size;
  char head[160];
  struct { size_t at; char what; } places[12];
  int place_count;
} answer;

// One answer under way: how much of it has left, and its digits.
typedef struct {
  const answer *what;
  size_t sent;
  char asked[DIGITS], fresh[DIGITS], running[DIGITS];
} reply;

void answers_load(const char *table);
// The answer to a request; one of status 404 when the table has none. Never NULL.
reply answers_find(const char *method, size_t method_size, const char *path, size_t path_size);
// Copies the next `size` bytes of the body, digits in place.
void answers_copy(reply *reply, uint8_t *to, size_t size);

// A growing buffer of what has yet to be sent.
typedef struct { uint8_t *bytes; size_t start, end, room; } buffer;
uint8_t *buffer_room(buffer *buffer, size_t size);
void buffer_put(buffer *buffer, const void *bytes, size_t size);

// The two protocols: each takes what came in and puts answers into `out`; false ends the connection.
typedef struct h2 h2;
h2 *h2_open(buffer *out);
int h2_receive(h2 *session, const uint8_t *bytes, size_t size);
void h2_close(h2 *session);
// Answers how many bytes are used up, or -1.
long h1_receive(buffer *out, const char *bytes, size_t size);
