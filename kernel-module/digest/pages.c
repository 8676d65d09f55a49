// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: parts of the pages of a file that a digest does not cover
 *
 * A digest covers the bytes up to the end of the file, at the time of reading.
 * Two other kinds of bytes can be executed as well: those in the last page
 * after the end of the file, and those written later to a page that a task has
 * pinned, for a device or for io_uring, while the file was open for writing. A
 * pin needs no open file, and the kernel does not count it as a writer. Only a
 * writer can have taken it, however, so that it is enough to check the pages
 * once for each verdict: a verdict ends with the next writer.
 */
#include "core/common.h"

#include <linux/fs.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/xarray.h>

#include "digest/pages.h"

/*
 * A pin of a small folio counts as GUP_PIN_COUNTING_BIAS references. That many
 * mappings of a common library would look the same, so that the references of
 * mappings are subtracted.
 */
static bool is_pinned(struct folio *folio)
{
	if (folio_test_large(folio))
		return atomic_read(&folio->_pincount) > 0;
	return folio_ref_count(folio) - folio_mapcount(folio) >=
	       GUP_PIN_COUNTING_BIAS;
}

/**
 * clip_pages_pinned - Can a file be written although it is not open?
 * @inode: the file, with writers excluded
 *
 * Context: May sleep.
 * Return: True if one of its pages in memory is pinned, false otherwise.
 */
bool clip_pages_pinned(const struct inode *inode)
{
	XA_STATE(xas, &inode->i_mapping->i_pages, 0);
	struct folio *folio;
	bool pinned = false;

	rcu_read_lock();
	xas_for_each(&xas, folio, ULONG_MAX) {
		if (xas_retry(&xas, folio))
			continue;
		/* The page is swapped out, and therefore not pinned. */
		if (xa_is_value(folio))
			continue;
		if (is_pinned(folio)) {
			pinned = true;
			break;
		}
		if (need_resched()) {
			xas_pause(&xas);
			rcu_read_unlock();
			cond_resched();
			rcu_read_lock();
		}
	}
	rcu_read_unlock();
	return pinned;
}

/**
 * clip_pages_end_clear - Is the last page zero after the end of the file?
 * @inode: the file, with writers excluded
 *
 * A page that is not in memory is filled up with zeroes when it is read later.
 *
 * Context: May sleep.
 * Return: True if it is, false otherwise.
 */
bool clip_pages_end_clear(const struct inode *inode)
{
	const loff_t size = i_size_read(inode);
	const size_t used = offset_in_page(size);
	struct folio *folio;
	const char *page;
	size_t offset;
	bool clear;

	if (!used)
		return true;
	folio = filemap_get_folio(inode->i_mapping, size >> PAGE_SHIFT);
	if (IS_ERR(folio))
		return true;
	offset = offset_in_folio(folio, round_down(size, PAGE_SIZE));
	page = kmap_local_folio(folio, offset);
	clear = !memchr_inv(page + used, 0, PAGE_SIZE - used);
	kunmap_local(page);
	folio_put(folio);
	return clear;
}
