// SPDX-License-Identifier: GPL-2.0-only
/*
 * usage: hostile [--part N/M] [--list] [ROW]...
 *
 * Tries the rows of all tables, or those of the given names or ids, in all
 * combinations that exist (hostile.h). Prints TAP, and lines "# absent" for
 * the combinations that do not exist. Runs as root in a guest that is prepared
 * by hostile.sh; everything is enforced when it ends.
 */
#include "hostile.h"

#include "device.h"

#include <signal.h>
#include <time.h>

#define RACES		256	/* at most, on all filesystems */

static const struct row *const tables[] = {
	exec_rows, kind_rows, grant_rows, trusted_rows, memory_rows, write_rows,
	layer_rows, watch_rows, mount_rows, chroot_rows, carried_rows,
	context_rows, raised_rows, rights_rows, network_rows, device_rows,
	table_rows, request_rows, surface_rows,
};

struct result {
	struct cell cell;
	int wanted;
	enum clip_reason reason;
	int control;		/* what the control answered */
	bool elsewhere;		/* its twin is on a tmpfs */
};

static struct result *results;
static size_t count, room;
static unsigned int number, bad, absent;
static unsigned int part, parts = 1;
static char **chosen;

const struct row *row_of(const char *name)
{
	for (size_t t = 0; t < sizeof(tables) / sizeof(*tables); t++)
		for (const struct row *row = tables[t]; row->id; row++)
			if (!strcmp(row->name, name))
				return row;
	return NULL;
}

static const char *word(int answer)
{
	static char texts[4][64];
	static int next;
	char *text = texts[next = (next + 1) % 4];

	if (answer == NOT_THERE)
		return "the place was not entered";
	if (answer == NO_WAY)
		return "no ring";
	if (answer == TASK_CHANGED)
		return "refused, and the task has changed";
	if (answer > BY_SIGNAL)
		snprintf(text, 64, "signal %d", answer - BY_SIGNAL);
	else
		snprintf(text, 64, "%s", answer ? strerrorname_np(answer) :
			 "0");
	return text;
}

/* ------------------------------------------------------------------- cells */

static const char *name_of(const struct cell *cell)
{
	static char text[160];
	const struct row *row = cell->row;

	snprintf(text, sizeof(text), "%s %s/%s/%s/%s", row->id, row->name,
		 way_names[cell->way], row->filesystems ?
		 fs_names[cell->filesystem] : "-", place_names[cell->place]);
	return text;
}

static void add_cell(const struct cell *cell)
{
	const struct row *row = cell->row;
	struct result result = {
		.cell = *cell, .wanted = row->error, .reason = row->reason,
	};

	for (size_t i = 0; i < 3; i++) {
		const struct exception *e = &row->except[i];

		if (!e->places && !e->filesystems)
			continue;
		if ((!e->places || e->places & IN(cell->place)) &&
		    (!e->filesystems || e->filesystems & ON(cell->filesystem))) {
			result.wanted = e->error;
			result.reason = e->reason;
			result.elsewhere = e->elsewhere;
			break;
		}
	}
	if (result.wanted == ABSENT) {
		absent++;
		printf("# absent: %s\n", name_of(cell));
		return;
	}
	if (count == room) {
		room = room ? 2 * room : 1024;
		results = realloc(results, room * sizeof(*results));
		if (!results)
			exit(2);
	}
	results[count++] = result;
}

static bool is_chosen(const struct row *row)
{
	if (!*chosen)
		return true;
	for (char **name = chosen; *name; name++)
		if (!strcmp(*name, row->name) || !strcmp(*name, row->id))
			return true;
	return false;
}

static void name_absent(const struct row *row)
{
	printf("# absent: %s %s/", row->id, row->name);
	for (int i = 0; i < WAYS; i++)
		if (!has_way(row->call, i))
			printf(" %s", way_names[i]);
	for (int i = 0; i < FSES; i++)
		if (row->filesystems && !(row->filesystems & ON(i)))
			printf(" %s", fs_names[i]);
	for (int i = 0; i < PLACES; i++)
		if (!(row->places & IN(i)))
			printf(" %s", place_names[i]);
	printf("\n");
}

static bool exists(const struct cell *cell)
{
	const struct row *row = cell->row;

	return has_way(row->call, cell->way) && row->places & IN(cell->place) &&
	       (!row->filesystems || row->filesystems & ON(cell->filesystem));
}

static void add_cells(void)
{
	unsigned int index = 0;

	for (size_t t = 0; t < sizeof(tables) / sizeof(*tables); t++)
		for (const struct row *row = tables[t]; row->id; row++) {
			struct cell cell = { .row = row };
			const int fses = row->filesystems ? FSES : 1;

			if (index++ % parts != part || !is_chosen(row))
				continue;
			name_absent(row);
			for (int i = 0; i < WAYS * fses * PLACES; i++) {
				cell.place = i % PLACES;
				cell.filesystem = row->filesystems ?
						  i / PLACES % fses : TMPFS;
				cell.way = i / PLACES / fses;
				if (exists(&cell))
					add_cell(&cell);
				else
					absent++;
			}
		}
}

/* ------------------------------------------------------------------ phases */

static void controls(void)
{
	for (size_t i = 0; i < count; i++) {
		struct cell cell = results[i].cell;

		if (cell.row->flags & ALWAYS)
			continue;
		if (cell.row->flags & BY_THE_PLACE)
			cell.place = HOST;
		results[i].control = make_files(cell.filesystem) ?:
				     attempt(&cell, false, false);
	}
}

static void complain(bool *fine, const char *what, const char *wanted,
		     const char *got)
{
	printf("# %s: wanted %s, got %s\n", what, wanted, got);
	*fine = false;
}

/* How often each reason was counted. */
static void read_counters(long long counters[__CLIP_REASON_MAX])
{
	static const char *const names[] = { CLIP_REASON_NAMES };
	FILE *file = fopen(CLIP_SECURITYFS_PATH "/status", "r");
	char key[64];
	long long value;

	memset(counters, 0, __CLIP_REASON_MAX * sizeof(*counters));
	while (file && fscanf(file, "%63s %lli", key, &value) == 2)
		for (int i = 0; i < __CLIP_REASON_MAX; i++)
			if (!strncmp(key, "refused.", 8) &&
			    !strcmp(key + 8, names[i]))
				counters[i] = value;
	if (file)
		fclose(file);
}

static void compare_counters(bool *fine, enum clip_reason wanted,
			     const long long before[__CLIP_REASON_MAX])
{
	static const char *const names[] = { CLIP_REASON_NAMES };
	long long after[__CLIP_REASON_MAX];
	char counted[128] = "none";

	read_counters(after);
	if (!wanted || after[wanted] > before[wanted])
		return;
	for (int i = 0; i < __CLIP_REASON_MAX; i++)
		if (after[i] > before[i])
			snprintf(counted, sizeof(counted), "%s", names[i]);
	complain(fine, "reason", names[wanted], counted);
}

/* Does the attack, and compares the error, the counter and the state. */
static bool judge_attack(struct result *result)
{
	const struct cell *cell = &result->cell;
	const struct row *row = cell->row;
	const int wanted = row->flags & KILLS ? BY_SIGNAL + SIGKILL :
						result->wanted;
	long long counters[__CLIP_REASON_MAX];
	static char *common;
	char *files, *after;
	bool fine = true;
	int answer;

	common = common ?: common_state();
	files = files_state(cell->filesystem);
	read_counters(counters);
	answer = attempt(cell, true, false);
	if (answer != wanted)
		complain(&fine, "attack", word(wanted), word(answer));
	compare_counters(&fine, result->reason, counters);
	after = files_state(cell->filesystem);
	if (!(row->flags & PREPARES) && strcmp(files, after))
		complain(&fine, "files", "no change",
			 first_difference(files, after));
	free(files);
	free(after);
	after = common_state();
	if (strcmp(common, after))
		complain(&fine, "state", "no change",
			 first_difference(common, after));
	free(common);
	/* No twin changes it, so that the next attack begins with it. */
	common = after;
	return fine;
}

static void judge(struct result *result)
{
	struct cell cell = result->cell;
	bool fine = true;
	int answer;

	if (result->control)
		complain(&fine, "control", "0", word(result->control));
	answer = make_files(cell.filesystem);
	if (answer)
		complain(&fine, "files", "0", word(answer));
	fine &= judge_attack(result);
	if (result->elsewhere)
		cell.filesystem = TMPFS;
	answer = make_files(cell.filesystem) ?: attempt(&cell, false, true);
	if (answer)
		complain(&fine, "twin", "0", word(answer));
	bad += !fine;
	printf("%s %u - %s\n", fine ? "ok" : "not ok", ++number,
	       name_of(&result->cell));
}

/* Races run in both phases; the controls are remembered. */
static void run_races(bool enforced)
{
	static const char *controls[RACES];
	unsigned int index = 0, slot = 0;

	for (const struct race *race = races; race->id; race++) {
		const struct row row = { .id = race->id, .name = race->name };

		if (index++ % parts != part || !is_chosen(&row))
			continue;
		for (int fs = 0; fs < FSES; fs++) {
			const char *wrong;

			if (!(race->filesystems & ON(fs)))
				continue;
			wrong = NULL;
			if (enforced || !(race->flags & ALWAYS))
				wrong = make_files(fs) ? "no files" :
					run_race(race, enforced);
			if (!enforced) {
				controls[slot++] = wrong ? strdup(wrong) : NULL;
				continue;
			}
			if (wrong)
				printf("# %s\n", wrong);
			if (controls[slot])
				printf("# control: %s\n", controls[slot]);
			wrong = wrong ?: controls[slot];
			slot++;
			bad += !!wrong;
			printf("%s %u - %s %s/race/%s/host\n",
			       wrong ? "not ok" : "ok", ++number, race->id,
			       race->name, fs_names[fs]);
		}
	}
}

static double seconds(void)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	return at.tv_sec + at.tv_nsec / 1e9;
}

int main(int argc, char *argv[])
{
	double begin = seconds(), half;
	bool list = false;
	int err;

	if (argc == 11 && !strcmp(argv[1], "--act"))
		return be_program(argv + 2);
	if (argc == 4 && !strcmp(argv[1], "--wait"))
		return be_target(argv + 2);
	if (argc == 4 && !strcmp(argv[1], "--log"))
		return be_logger(argv + 2);
	if (argc == 3 && !strcmp(argv[1], "--try"))
		return be_tried(argv[2]);
	for (chosen = argv + 1; *chosen && **chosen == '-'; chosen++) {
		if (!strcmp(*chosen, "--list")) {
			list = true;
		} else if (strcmp(*chosen, "--part") || !*++chosen ||
			   sscanf(*chosen, "%u/%u", &part, &parts) != 2 ||
			   !part-- || part >= parts) {
			fprintf(stderr, "usage: hostile [--part N/M] [--list] [ROW]...\n");
			return 2;
		}
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("TAP version 13\n");
	add_cells();
	if (list) {
		for (size_t i = 0; i < count; i++)
			printf("# %s\n", name_of(&results[i].cell));
		return 0;
	}
	err = chdir(TOP) ? errno : 0;
	for (int fs = 0; fs < FSES; fs++)
		err = err ?: make_files(fs);
	if (err || (err = make_places())) {
		printf("Bail out! places: %s\n", strerror(err));
		return 2;
	}
	err = make_rules();
	if (err) {
		printf("Bail out! rules: %s\n", strerror(err));
		return 2;
	}
	controls();
	run_races(false);
	half = seconds();
	err = enforce();
	if (err) {
		printf("Bail out! enforcing: %s\n", strerror(err));
		return 2;
	}
	for (size_t i = 0; i < count; i++) {
		results[i].cell.enforced = true;
		judge(&results[i]);
	}
	run_races(true);
	kill(victim.pid, SIGKILL);
	printf("1..%u\n", number);
	printf("# %u combinations do not exist; %.0f s for the controls, %.0f s for the rest\n",
	       absent, half - begin, seconds() - half);
	return !!bad;
}
