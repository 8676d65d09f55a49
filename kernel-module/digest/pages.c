// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: what a digest does not see of a file's pages
 *
 * A digest is about the bytes up to the end of the file, at the time of reading.
 * Two things can be executed besides: what stands in the last page behind the
 * end of the file, and what is written later to a page that somebody has pinned,
 * for a device or for io_uring, while the file was open for writing. A pin needs
 * no open file, and nobody counts it as a writer. It can only have been taken by
 * a writer, though, so pages are looked at once for each verdict: a verdict ends
 * with the next writer.
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
 * Of a small folio each pin counts as many references, and so do as many
 * mappings of a common library: these are left out.
 */
static bool is_pinned(struct folio *folio)
{
	if (folio_test_large(folio))
		return atomic_read(&folio->_pincount) > 0;
	return folio_ref_count(folio) - folio_mapcount(folio) >=
	       GUP_PIN_COUNTING_BIAS;
}

/**
 * clip_pages_pinned - can somebody write to a file without having it open?
 * @inode: the file, with writers excluded
 *
 * Context: may sleep.
 * Return: whether one of its pages in memory is pinned.
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
		/* Swapped out: then nobody has it pinned. */
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
 * clip_pages_end_clear - is the last page zero behind the end of the file?
 * @inode: the file, with writers excluded
 *
 * A page that is not in memory is read later, and filled up with zeroes then.
 *
 * Context: may sleep.
 * Return: whether it is.
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
