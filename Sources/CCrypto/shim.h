/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The functions of each hash are called by their own names, which OpenSSL 3 calls
 * deprecated. Fetching a hash by its name takes as long as a third of a start of
 * verictl, because the tables of all algorithms are built first.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/md5.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/x509.h>

enum ccrypto_hash {
	CCRYPTO_MD5,
	CCRYPTO_SHA1,
	CCRYPTO_SHA256,
	CCRYPTO_SHA384,
	CCRYPTO_SHA512,
};

/* A message that is being hashed. */
struct ccrypto_state {
	union {
		MD5_CTX md5;
		SHA_CTX sha1;
		SHA256_CTX sha256;
		SHA512_CTX sha512;
	} u;
};

/* Each returns 1, or 0 if it has failed. */
static inline int ccrypto_begin(enum ccrypto_hash hash, struct ccrypto_state *state)
{
	switch (hash) {
	case CCRYPTO_MD5: return MD5_Init(&state->u.md5);
	case CCRYPTO_SHA1: return SHA1_Init(&state->u.sha1);
	case CCRYPTO_SHA256: return SHA256_Init(&state->u.sha256);
	case CCRYPTO_SHA384: return SHA384_Init(&state->u.sha512);
	case CCRYPTO_SHA512: return SHA512_Init(&state->u.sha512);
	}
	return 0;
}

static inline int ccrypto_update(enum ccrypto_hash hash, struct ccrypto_state *state, const void *bytes,
				 size_t size)
{
	switch (hash) {
	case CCRYPTO_MD5: return MD5_Update(&state->u.md5, bytes, size);
	case CCRYPTO_SHA1: return SHA1_Update(&state->u.sha1, bytes, size);
	case CCRYPTO_SHA256: return SHA256_Update(&state->u.sha256, bytes, size);
	case CCRYPTO_SHA384: return SHA384_Update(&state->u.sha512, bytes, size);
	case CCRYPTO_SHA512: return SHA512_Update(&state->u.sha512, bytes, size);
	}
	return 0;
}

/* The digest has as many bytes as the hash says. */
static inline int ccrypto_end(enum ccrypto_hash hash, struct ccrypto_state *state, unsigned char *digest)
{
	switch (hash) {
	case CCRYPTO_MD5: return MD5_Final(digest, &state->u.md5);
	case CCRYPTO_SHA1: return SHA1_Final(digest, &state->u.sha1);
	case CCRYPTO_SHA256: return SHA256_Final(digest, &state->u.sha256);
	case CCRYPTO_SHA384: return SHA384_Final(digest, &state->u.sha512);
	case CCRYPTO_SHA512: return SHA512_Final(digest, &state->u.sha512);
	}
	return 0;
}
