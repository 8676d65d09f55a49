// SPDX-License-Identifier: GPL-2.0-only
/*
 * Signed images: with the latch, the kernel takes nothing else.
 */
#include "device.h"
#include "image.h"
#include "latch.h"

#include <openssl/cms.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "kselftest_harness.h"

#define KEY		"/usr/lib/clip/tests/trusted.key"
#define CERTIFICATE	"/usr/lib/clip/tests/trusted.pem"

struct signer {
	EVP_PKEY *key;
	X509 *certificate;
};

static struct signer trusted_signer(void)
{
	FILE *key = fopen(KEY, "r"), *certificate = fopen(CERTIFICATE, "r");
	struct signer signer = {
		.key = PEM_read_PrivateKey(key, NULL, NULL, NULL),
		.certificate = PEM_read_X509(certificate, NULL, NULL, NULL),
	};

	fclose(key);
	fclose(certificate);
	return signer;
}

/* The names and the number of a trusted certificate, and another key. */
static struct signer forger(const struct signer *trusted)
{
	struct signer signer = {
		.key = EVP_RSA_gen(2048),
		.certificate = X509_dup(trusted->certificate),
	};

	X509_set_pubkey(signer.certificate, signer.key);
	X509_sign(signer.certificate, signer.key, EVP_sha256());
	return signer;
}

static unsigned char *sign(const struct signer *signer, const void *image,
			   size_t size, size_t *length)
{
	const unsigned int flags = CMS_BINARY | CMS_DETACHED | CMS_NOCERTS;
	BIO *content = BIO_new_mem_buf(image, size);
	CMS_ContentInfo *message = CMS_sign(NULL, NULL, NULL, NULL,
					    flags | CMS_PARTIAL);
	unsigned char *bytes = NULL;

	CMS_add1_signer(message, signer->certificate, signer->key,
			EVP_sha256(), flags | CMS_NOATTR);
	CMS_final(message, content, NULL, flags);
	*length = i2d_CMS_ContentInfo(message, &bytes);
	CMS_ContentInfo_free(message);
	BIO_free(content);
	return bytes;
}

FIXTURE(signature)
{
	struct signer trusted;
	struct signer forger;
	struct store_state before;
	void *image;
	size_t size;
};

/* An image of one allow digest, with a number. */
static void *numbered(uint8_t digest, uint32_t number, size_t *size)
{
	struct rule rule = {
		.path = "",
		.algorithm = CLIP_ALGO_SHA256,
		.digest_size = 32,
		.digest = { digest },
	};
	struct clip_image_header *header = image_make(&rule, 1, size);

	header->policy_version = number;
	image_seal(header, *size);
	return header;
}

FIXTURE_SETUP(signature)
{
	self->trusted = trusted_signer();
	ASSERT_TRUE(self->trusted.key && self->trusted.certificate);
	self->forger = forger(&self->trusted);
	self->image = numbered(1, 7, &self->size);
	self->before = store_state();
}

FIXTURE_TEARDOWN(signature)
{
	free(self->image);
}

static int commit(const void *image, size_t size, const void *signature,
		  size_t length, uint32_t *reason)
{
	struct clip_commit args = {
		.size = sizeof(args),
		.mode = CLIP_COMMIT_ADD,
		.image = (uintptr_t)image,
		.image_size = size,
		.signature = (uintptr_t)signature,
		.signature_size = length,
	};
	int err = device_call(CLIP_IOC_COMMIT, &args);

	*reason = args.reason;
	return err;
}

static int commit_by(const struct signer *signer, const void *image,
		     size_t size, uint32_t *reason)
{
	size_t length;
	unsigned char *signature = sign(signer, image, size, &length);
	int err = commit(image, size, signature, length, reason);

	OPENSSL_free(signature);
	return err;
}

#define EXPECT_UNCHANGED() \
	EXPECT_EQ(self->before.generation, store_state().generation)

/* A signature that is there is checked, although none is needed. */
TEST_F(signature, without_the_latch)
{
	uint32_t reason;

	ASSERT_EQ(0, latch("signed"));
	EXPECT_EQ(EKEYREJECTED, commit_by(&self->forger, self->image,
					   self->size, &reason));
	EXPECT_EQ(CLIP_REASON_SIGNATURE, reason);
	EXPECT_UNCHANGED();
	EXPECT_EQ(0, commit(self->image, self->size, NULL, 0, &reason));
	EXPECT_EQ(self->before.generation + 1, store_state().generation);
}

/* A caller that knows no signatures, and what lies behind its structure. */
TEST_F(signature, size_of_the_first_version)
{
	struct clip_commit args = {
		.size = offsetof(struct clip_commit, signature),
		.mode = CLIP_COMMIT_ADD,
		.image = (uintptr_t)self->image,
		.image_size = self->size,
		.signature = 1,
		.signature_size = 1,
	};

	ASSERT_EQ(0, latch("signed"));
	EXPECT_EQ(0, device_call(CLIP_IOC_COMMIT, &args));
	EXPECT_EQ(1, args.signature);
	args.size = sizeof(args);
	EXPECT_EQ(EFAULT, device_call(CLIP_IOC_COMMIT, &args));
	args.signature_size = CLIP_SIGNATURE_MAX_SIZE + 1;
	EXPECT_EQ(E2BIG, device_call(CLIP_IOC_COMMIT, &args));
}

/* From here on the latch is set, for this boot. */
TEST_F(signature, z1_none)
{
	long long count = refused(CLIP_REASON_SIGNATURE);
	uint32_t reason;

	ASSERT_EQ(0, set_latch("signed", "1"));
	ASSERT_EQ(1, latch("signed"));
	EXPECT_EQ(EKEYREJECTED, commit(self->image, self->size, NULL, 0,
					&reason));
	EXPECT_EQ(CLIP_REASON_SIGNATURE, reason);
	EXPECT_EQ(count + 1, refused(CLIP_REASON_SIGNATURE));
	EXPECT_UNCHANGED();
}

TEST_F(signature, z2_other_key)
{
	uint32_t reason;

	ASSERT_EQ(1, latch("signed"));
	EXPECT_EQ(EKEYREJECTED, commit_by(&self->forger, self->image,
					   self->size, &reason));
	EXPECT_EQ(CLIP_REASON_SIGNATURE, reason);
	EXPECT_UNCHANGED();
}

TEST_F(signature, z3_other_content)
{
	struct clip_image_header *header = self->image;
	unsigned char *signature;
	uint32_t reason;
	size_t length;

	ASSERT_EQ(1, latch("signed"));
	signature = sign(&self->trusted, self->image, self->size, &length);
	header->policy_version = 8;
	image_seal(header, self->size);
	EXPECT_EQ(EKEYREJECTED, commit(header, self->size, signature, length,
					&reason));
	EXPECT_EQ(CLIP_REASON_SIGNATURE, reason);
	EXPECT_UNCHANGED();
}

TEST_F(signature, z4_trusted_key_and_lower_number)
{
	void *image = numbered(2, 7, &self->size);
	void *old = numbered(3, 6, &self->size);
	uint32_t reason;

	ASSERT_EQ(1, latch("signed"));
	EXPECT_EQ(0, commit_by(&self->trusted, image, self->size, &reason));
	EXPECT_EQ(self->before.generation + 1, store_state().generation);
	self->before = store_state();
	EXPECT_EQ(ESTALE, commit_by(&self->trusted, old, self->size,
				     &reason));
	EXPECT_EQ(CLIP_REASON_OLD_VERSION, reason);
	EXPECT_UNCHANGED();
	/* The same number once more is no step back. */
	EXPECT_EQ(0, commit_by(&self->trusted, image, self->size, &reason));
	free(image);
	free(old);
}

/* An exception would be a rule without a signature. */
TEST_F(signature, z5_exception)
{
	struct clip_run_allowed run = { .size = sizeof(run), .seconds = 10 };
	struct clip_exception args = {
		.size = sizeof(args),
		.context = 0,
		.seconds = 10,
		.algorithm = CLIP_ALGO_SHA256,
		.digest_size = 32,
		.digest = { 9 },
	};

	ASSERT_EQ(1, latch("signed"));
	EXPECT_EQ(EKEYREJECTED, device_call(CLIP_IOC_EXCEPTION, &args));
	EXPECT_EQ(CLIP_REASON_SIGNATURE, args.reason);
	EXPECT_EQ(EKEYREJECTED, device_call(CLIP_IOC_RUN_ALLOWED, &run));
	EXPECT_EQ(CLIP_REASON_SIGNATURE, run.reason);
	/* An end is allowed; there is nothing to end. */
	args.seconds = 0;
	EXPECT_EQ(ENOENT, device_call(CLIP_IOC_EXCEPTION, &args));
}

TEST_HARNESS_MAIN
