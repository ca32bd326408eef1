// OpenSSL's libcrypto, version 3: digests, RSA in the three forms that signed headers use, passwords at rest.
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
