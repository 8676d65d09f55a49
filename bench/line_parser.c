// SPDX-License-Identifier: GPL-2.0-only
/*
 * usage: line_parser FILE [TIMES]
 *
 * Reads the rules of FILE as the C tool did that verictl replaces, and prints how
 * many there are. It stands for that tool, verictl 2, which is not part of this
 * tree: it was written for the comparison, from the description of the format.
 *
 * What that tool did is done here in the same way. A line is read with fgets(3)
 * into a buffer of 1024 bytes and cut at its blanks; letters and words are looked
 * up one after the other; all rules are kept in a list before the first of them
 * is used; then the structure of one request is filled for each. The request is
 * not made. No file is looked at, because that tool looked at none. In two things
 * this program does more: it decodes the digest, which was left to the kernel,
 * and refuses one that is malformed.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_SIZE 1024
#define DIGEST_SIZE 64
#define FIELDS 9

struct letter {
	char key;
	uint64_t bit;
};

struct word {
	const char *name;
	int number;
};

/* A rule as the list has it. */
struct rule {
	struct rule *next;
	char *path;
	char *digest;
	uint32_t context;
	uint32_t flags;
	uint64_t caps[3];
	uint64_t privileges;
	int algorithm;
};

/* A request for one file. */
struct request {
	const char *path;
	uint32_t context;
	uint32_t flags;
	uint64_t effective;
	uint64_t permitted;
	uint64_t inheritable;
	uint64_t privileges;
	char algorithm[16];
	uint8_t digest[DIGEST_SIZE];
	uint32_t digest_size;
};

static const struct letter flag_letters[] = {
	{ 'e', 1 << 0 }, { 'l', 1 << 1 },  { 'r', 1 << 2 },  { 'N', 1 << 3 },
	{ 'L', 1 << 4 }, { 'I', 1 << 8 },  { 's', 1 << 9 },  { 'k', 1 << 10 },
	{ 'i', 1 << 11 }, { 'u', 1 << 12 }, { 0, 0 },
};

static const struct letter privilege_letters[] = {
	{ 'C', 1 << 0 },  { 'V', 1 << 1 },  { 'c', 1 << 2 },  { 's', 1 << 3 },
	{ 'n', 1 << 4 },  { 'P', 1 << 5 },  { 'S', 1 << 6 },  { 'r', 1 << 7 },
	{ 'N', 1 << 8 },  { 'k', 1 << 9 },  { 'I', 1 << 10 }, { 'K', 1 << 11 },
	{ 'X', 1 << 12 }, { 'x', 1 << 13 }, { 'F', 1 << 14 }, { 'i', 1 << 15 },
	{ 'd', 1 << 16 }, { 'f', 1 << 17 }, { 'A', 1 << 18 }, { 'U', 1 << 19 },
	{ 0, 0 },
};

static const struct word capability_words[] = {
	{ "CHOWN", 0 },		  { "DAC_OVERRIDE", 1 },
	{ "DAC_READ_SEARCH", 2 }, { "FOWNER", 3 },
	{ "FSETID", 4 },	  { "KILL", 5 },
	{ "SETGID", 6 },	  { "SETUID", 7 },
	{ "SETPCAP", 8 },	  { "LINUX_IMMUTABLE", 9 },
	{ "NET_BIND_SERVICE", 10 }, { "NET_BROADCAST", 11 },
	{ "NET_ADMIN", 12 },	  { "NET_RAW", 13 },
	{ "IPC_LOCK", 14 },	  { "IPC_OWNER", 15 },
	{ "SYS_MODULE", 16 },	  { "SYS_RAWIO", 17 },
	{ "SYS_CHROOT", 18 },	  { "SYS_PTRACE", 19 },
	{ "SYS_PACCT", 20 },	  { "SYS_ADMIN", 21 },
	{ "SYS_BOOT", 22 },	  { "SYS_NICE", 23 },
	{ "SYS_RESOURCE", 24 },	  { "SYS_TIME", 25 },
	{ "SYS_TTY_CONFIG", 26 }, { "MKNOD", 27 },
	{ "LEASE", 28 },	  { "AUDIT_WRITE", 29 },
	{ "AUDIT_CONTROL", 30 },  { "SETFCAP", 31 },
	{ "MAC_OVERRIDE", 32 },	  { "MAC_ADMIN", 33 },
	{ "CONTEXT", 63 },	  { NULL, 0 },
};

static const struct word algorithms[] = {
	{ "md5", 16 }, { "sha1", 20 }, { "sha256", 32 }, { NULL, 0 },
};

static int letters(const char *text, const struct letter *keys, uint64_t *mask)
{
	*mask = 0;
	for (; *text; text++) {
		const struct letter *key = keys;

		if (*text == '-')
			continue;
		while (key->key && key->key != *text)
			key++;
		if (!key->key)
			return -1;
		*mask |= key->bit;
	}
	return 0;
}

static int capabilities(char *text, uint64_t *mask)
{
	char *rest = text;

	*mask = 0;
	if (*text == '-')
		return 0;
	while (rest) {
		const char *name = strsep(&rest, "|");
		const struct word *word = capability_words;

		while (word->name && strcmp(word->name, name))
			word++;
		if (!word->name)
			return -1;
		*mask |= UINT64_C(1) << word->number;
	}
	return 0;
}

static int context_number(const char *text, uint32_t *context)
{
	char *end;
	long long number;

	errno = 0;
	number = strtoll(text, &end, 0);
	if (errno || end == text || *end || number < -1 || number > UINT32_MAX)
		return -1;
	*context = (uint32_t)number;
	return 0;
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int decode(const char *text, uint8_t *digest, int size)
{
	for (int i = 0; i < size; i++) {
		int high = digit(text[2 * i]);
		int low = high < 0 ? -1 : digit(text[2 * i + 1]);

		if (low < 0)
			return -1;
		digest[i] = high << 4 | low;
	}
	return text[2 * size] ? -1 : 0;
}

/* 1 if the line has a rule, 0 if it has none, -1 if it is wrong. */
static int parse(char *line, struct rule *rule)
{
	char *fields[FIELDS], *word, *rest = line;
	int count = 0;
	uint64_t flags;

	line[strcspn(line, "#\n")] = 0;
	while ((word = strsep(&rest, " \t"))) {
		if (!*word)
			continue;
		if (count == FIELDS)
			return -1;
		fields[count++] = word;
	}
	if (!count)
		return 0;
	if (count < FIELDS || context_number(fields[1], &rule->context) ||
	    letters(fields[2], flag_letters, &flags))
		return -1;
	rule->flags = (uint32_t)flags;
	for (int i = 0; i < 3; i++)
		if (capabilities(fields[3 + i], &rule->caps[i]))
			return -1;
	if (letters(fields[6], privilege_letters, &rule->privileges))
		return -1;
	for (rule->algorithm = 0; algorithms[rule->algorithm].name; rule->algorithm++)
		if (!strcmp(algorithms[rule->algorithm].name, fields[7]))
			break;
	if (!algorithms[rule->algorithm].name)
		return -1;
	rule->path = strdup(fields[0]);
	rule->digest = strdup(fields[8]);
	return rule->path && rule->digest ? 1 : -1;
}

static int fill(const struct rule *rule, struct request *request)
{
	const struct word *algorithm = &algorithms[rule->algorithm];

	memset(request, 0, sizeof(*request));
	request->path = rule->path;
	request->context = rule->context;
	request->flags = rule->flags;
	request->effective = rule->caps[0];
	request->permitted = rule->caps[1];
	request->inheritable = rule->caps[2];
	request->privileges = rule->privileges;
	strncpy(request->algorithm, algorithm->name, sizeof(request->algorithm) - 1);
	request->digest_size = (uint32_t)algorithm->number;
	return decode(rule->digest, request->digest, algorithm->number);
}

static long read_rules(const char *name)
{
	static volatile uint8_t used;
	struct rule *first = NULL, **end = &first;
	char line[LINE_SIZE];
	long number = 0, count = 0;
	FILE *file = fopen(name, "r");

	if (!file) {
		perror(name);
		return -1;
	}
	while (fgets(line, sizeof(line), file)) {
		struct rule *rule = calloc(1, sizeof(*rule));
		int found = rule ? parse(line, rule) : -1;

		number++;
		if (found < 0) {
			fprintf(stderr, "%s:%ld: syntax error\n", name, number);
			fclose(file);
			return -1;
		}
		if (!found) {
			free(rule);
			continue;
		}
		*end = rule;
		end = &rule->next;
	}
	fclose(file);
	while (first) {
		struct rule *rule = first;
		struct request request;

		if (fill(rule, &request)) {
			fprintf(stderr, "%s: malformed digest\n", rule->path);
			return -1;
		}
		used ^= request.digest[0];
		count++;
		first = rule->next;
		free(rule->path);
		free(rule->digest);
		free(rule);
	}
	return count;
}

int main(int argc, char **argv)
{
	const int times = argc > 2 ? atoi(argv[2]) : 1;
	long count = 0;

	if (argc < 2 || argc > 3 || times < 1) {
		fprintf(stderr, "usage: line_parser FILE [TIMES]\n");
		return 2;
	}
	for (int i = 0; i < times; i++) {
		count = read_rules(argv[1]);
		if (count < 0)
			return 1;
	}
	printf("rules=%ld\n", count);
	return 0;
}
