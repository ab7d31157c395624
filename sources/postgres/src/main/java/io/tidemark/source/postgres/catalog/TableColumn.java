package io.tidemark.source.postgres.catalog;

/**
 * A column as {@code pg_attribute} has it.
 *
 * @param number {@code attnum}: its number, which stays when it is renamed and is never given to another column of the table
 * @param name its name
 * @param typeOid oid of its type
 * @param typmod type modifier, -1 for none
 * @param isNullable whether it may hold null
 * @param isGenerated whether it is computed, so that logical replication leaves it out
 */
public record TableColumn(int number, String name, int typeOid, int typmod, boolean isNullable, boolean isGenerated) {}
