package io.tidemark.source.postgres.filter;

/**
 * A column that a condition can be on.
 *
 * @param name its name
 * @param typeOid oid of its type
 * @param typeName its type, for people
 * @param isGenerated whether it is computed, so that the stream does not carry it
 */
public record FilterColumn(String name, int typeOid, String typeName, boolean isGenerated) {}
