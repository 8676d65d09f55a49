// SPDX-License-Identifier: GPL-2.0-only
/*
 * usage: hash_files <LIST
 *
 * Prints the SHA-256 of each file of LIST, whose names end with NUL bytes: two
 * threads, libcrypto, and nothing besides. Peer of "verictl gen" and "verictl
 * verify": what hashing alone costs.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define THREADS		2
#define READ_SIZE	(256 << 10)
#define DIGEST_SIZE	32

struct file {
	char *name;
	uint8_t digest[DIGEST_SIZE];
};

static struct file *files;
static size_t count;
static atomic_size_t next;
static atomic_int failed;

static int hash(struct file *file, EVP_MD_CTX *context, uint8_t *buffer)
{
	int fd = open(file->name, O_RDONLY | O_CLOEXEC);
	ssize_t got = -1;

	if (fd < 0 || !EVP_DigestInit_ex(context, EVP_sha256(), NULL))
		return 1;
	while ((got = read(fd, buffer, READ_SIZE)) > 0)
		EVP_DigestUpdate(context, buffer, got);
	close(fd);
	return got || !EVP_DigestFinal_ex(context, file->digest, NULL);
}

static void *work(void *unused)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	uint8_t *buffer = malloc(READ_SIZE);
	size_t i;

	while ((i = atomic_fetch_add(&next, 1)) < count)
		if (hash(files + i, context, buffer)) {
			perror(files[i].name);
			failed = 1;
		}
	free(buffer);
	EVP_MD_CTX_free(context);
	return NULL;
}

static int read_list(void)
{
	size_t size = 0;
	char *name = NULL;

	while (getdelim(&name, &size, '\0', stdin) > 0) {
		files = realloc(files, (count + 1) * sizeof(*files));
		if (!files)
			return 1;
		files[count++].name = name;
		name = NULL;
	}
	free(name);
	return !count;
}

int main(int argc, char **argv)
{
	pthread_t threads[THREADS];

	if (argc != 1 || read_list()) {
		fprintf(stderr, "usage: hash_files <LIST\n");
		return 2;
	}
	for (int i = 0; i < THREADS; i++)
		if (pthread_create(threads + i, NULL, work, NULL))
			return 1;
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	for (size_t i = 0; i < count; i++) {
		for (int j = 0; j < DIGEST_SIZE; j++)
			printf("%02x", files[i].digest[j]);
		printf("  %s\n", files[i].name);
	}
	return failed;
}
