package io.tidemark.lake.upsert.table;

import org.roaringbitmap.RoaringBitmap;

/** Reads which rows of data files are deleted. What it reads it may keep, so one instance serves one piece of work. Thread-safe. */
public interface DeletedRowsReader {
    /** Deleted rows of a file of a version; not to be changed. */
    RoaringBitmap of(StoredFile file);

    /** How many rows of a file are deleted, which some formats note. */
    long count(StoredFile file);
}
