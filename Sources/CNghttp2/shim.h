// One header, so that a change of libnghttp2's place is a change of one line.
#include <nghttp2/nghttp2.h>
