// OpenSSL's libcrypto, version 3: digests now, signatures of every kind later.
#include <openssl/evp.h>
