package io.tidemark.engine.config;

import io.tidemark.engine.mirror.AddedColumn;
import io.tidemark.engine.mirror.NameChange;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.TableId;
import org.jspecify.annotations.Nullable;

/**
 * One entry of the list {@code transformations}, or a transformation rule of an AWS DMS task.
 *
 * @param target what is transformed
 * @param kind what is done
 * @param tables tables that it is about, by the names that the source has; for SCHEMA any of the schema
 * @param column the columns, by the names that the source has
 * @param name change of the name, for RENAME
 * @param added the column, for ADD
 * @param type the type, for RETYPE
 * @param line where the configuration says so, from 1
 */
public record Transformation(
        Target target,
        Kind kind,
        TablePattern tables,
        NamePattern column,
        @Nullable NameChange name,
        @Nullable AddedColumn added,
        @Nullable ColumnType type,
        int line) {
    /** What is transformed. */
    public enum Target {
        SCHEMA("schema"),
        TABLE("schema.table"),
        COLUMN("schema.table.column");

        private final String form;

        Target(String form) {
            this.form = form;
        }

        /** How it is written, for people. */
        String form() {
            return form;
        }

        /** Names that it is written as. */
        int parts() {
            return form.split("\\.").length;
        }
    }

    /** What is done. */
    public enum Kind {
        RENAME,
        /** The column is left out. */
        OMIT,
        /** All columns but those that some KEEP names are left out. */
        KEEP,
        ADD,
        RETYPE
    }

    boolean isOf(TableId table, Kind wanted) {
        return kind == wanted && tables.matches(table);
    }

    static Transformation rename(Target target, TablePattern tables, NamePattern column, NameChange name, int line) {
        return new Transformation(target, Kind.RENAME, tables, column, name, null, null, line);
    }

    /** OMIT or KEEP. */
    static Transformation choose(Kind kind, TablePattern tables, NamePattern column, int line) {
        return new Transformation(Target.COLUMN, kind, tables, column, null, null, null, line);
    }

    static Transformation add(TablePattern tables, AddedColumn added, int line) {
        return new Transformation(Target.COLUMN, Kind.ADD, tables, NamePattern.ANY_NAME, null, added, null, line);
    }

    static Transformation retype(TablePattern tables, NamePattern column, ColumnType type, int line) {
        return new Transformation(Target.COLUMN, Kind.RETYPE, tables, column, null, null, type, line);
    }
}
