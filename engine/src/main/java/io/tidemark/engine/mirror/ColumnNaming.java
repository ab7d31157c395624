package io.tidemark.engine.mirror;

/**
 * A change of the names of some columns.
 *
 * @param columns which: a regular expression held against the whole name that the column has in the source
 * @param change the change
 */
public record ColumnNaming(String columns, NameChange change) {}
