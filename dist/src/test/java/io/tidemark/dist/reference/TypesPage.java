package io.tidemark.dist.reference;

import io.tidemark.lake.iceberg.schema.IcebergSchemas;
import io.tidemark.source.postgres.type.RowLimit;
import io.tidemark.source.postgres.type.TypeTable;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import java.util.List;
import java.util.stream.Collectors;

/** {@code docs/reference/types.md}. */
final class TypesPage {
    private static final String INTRODUCTION = """
            # Types

            <!-- Generated from the code that decodes; TypeTableIT takes each row through load, changes, slice, mirror and verify. -->

            A value arrives as the database holds it, or its row does not arrive and says why. What a type of the lake holds exactly
            gets that type; everything else is carried as `string`, in the text that the database itself prints (`datestyle` ISO,
            `timezone` UTC, `intervalstyle` postgres, `bytea_output` hex, the shortest exact digits of floats). `string` holds every
            value.

            **Values that do not fit** fail their table with `SOURCE_VALUE`; with `on-bad-value: dead-letter` they are set aside with
            their row: `tidemark dead-letters` lists them; with `on-bad-value: string` their column is carried as `string` from then on and
            the table is loaded again, announced in log and status (`tidemark resync TABLE` tries the column's own type again). No value is
            rounded, cut or replaced. To carry such values, carry the
            column as `string`.

            **Large values.** A row, all its values together as the database sends them, may take a sixteenth of Java's heap and at most
            %d MiB, since it lies in memory several times on its way. Java takes a quarter of the machine's memory unless it is told
            otherwise: 16 GiB allow rows of 256 MiB, and `JAVA_TOOL_OPTIONS=-Xmx8g` allows the most. A larger row does not fit; it fails its
            table, or is set aside with the first %d KiB of it, and `string` is no help. Columns that are left out (`omit`) do not count.
            Postgres prints no row whose text is 1 GiB or more: `verify` says that such a table is unproven. It sends no row of 1 GiB or
            more either, and ends the stream at its change: keep such rows out of databases that are mirrored. Queries of such
            values need more than their usual memory: `limits: {query-memory: 4GiB}`.

            **Choices** are made in the configuration and hold for load, stream, verify and repair; a loaded table needs
            `tidemark resync TABLE`:

            ```yaml
            types: {timestamp: string}                  # by source type, in all tables
            tables:
              - include: public.orders
                columns: {paid_at: string, price: "decimal(20,4)"}
              - include: public.*
            ```

            Types are named without modifier, as Postgres prints them or by their usual short names (`timestamptz`, `varchar`,
            `int4`); those of users with their schema (`public.price`). A column's choice goes before one for its type, and that
            before one for the type under a domain. A decimal for `numeric` counts for columns that declare no precision; with a
            chosen decimal, values of more digits, NaN and infinity do not fit. Choices are for whole columns: what is inside an array
            or a composite type goes by its own type.

            How each slice type is stored is in [slice-format.md](slice-format.md).
            """;

    private static final String ARRAYS = """

            Arrays of these are lists of what the element is: `integer[]` is `list<int32>`, `numeric(10,2)[]` is
            `list<decimal(10,2)>`, `numeric[]` is `list<string>`. An array of several dimensions, one that does not begin at 1, and one
            with an element that does not fit do not fit. With the choice `string` an array is carried as Postgres prints it:
            `{1,NULL,3}`. Arrays of `money` cannot be `string`: they print as the server's locale has it.
            """;

    private TypesPage() {}

    static String text() {
        StringBuilder text =
                new StringBuilder(INTRODUCTION.formatted(RowLimit.BYTES_MAX >> 20, RowLimit.HEAD_BYTES >> 10));
        append(text, "PostgreSQL: built-in types", TypeTable.builtin());
        text.append(ARRAYS);
        append(text, "PostgreSQL: types of users and extensions", TypeTable.made());
        text.append("""

            Composite types, also the row types of tables, are structs of what their fields are, as deep as they go; a null and a value of
            nulls stay apart. With the choice `string` they are carried as Postgres prints them: `(1,"a b")`. An array or composite type is
            `string` without being chosen

            - in a key, and when another column is named like a part of it (`tags` and `tags.element`);
            - when it has no field, or fields whose names are not ASCII letters, digits and underscores, or differ only in upper and lower
              case: other engines change such names or mix them up;
            - when it is nested deeper than 16 levels.

            When the fields of a composite type change (`ALTER TYPE`, or `ALTER TABLE` for a row type), its tables are loaded again. Tables
            that were loaded by a version that knew no lists and structs keep their text until `tidemark resync`.

            A `numeric(p,s)` of more than 38 digits, or with s below 0 or above p, is carried as `string`. The digits of `money` follow
            `lc_monetary`.

            Types of other extensions are not supported, because their binary form is not known for certain: `tidemark check` names
            such columns, and their tables fail with `SOURCE_TYPE`. A text that is not UTF-8, in a database of encoding SQL_ASCII, does
            not fit. Of a NaN that is a float, the payload bits are not kept.
            """);
        return text.toString();
    }

    private static void append(StringBuilder text, String title, List<TypeTable.Row> rows) {
        text.append("\n## ").append(title).append("\n\n");
        text.append("| source type | slice type | Iceberg type | does not fit | can also be |\n");
        text.append("| --- | --- | --- | --- | --- |\n");
        for (TypeTable.Row row : rows) {
            text.append("| ")
                    .append(Markdown.code(row.name()))
                    .append(" | ")
                    .append(Markdown.cell(row.carriedText()))
                    .append(" | ")
                    .append(Markdown.cell(iceberg(row)))
                    .append(" | ")
                    .append(Markdown.cell(row.misfits()))
                    .append(" | ")
                    .append(row.choices().stream().map(Markdown::cell).collect(Collectors.joining(", ")))
                    .append(" |\n");
        }
    }

    /** What the lake makes of it; digits that are the user's stay letters. */
    private static String iceberg(TypeTable.Row row) {
        ColumnType carried = row.carried();
        if (!carried.toString().equals(row.carriedText())) {
            return row.carriedText();
        }
        RowSchema schema = new RowSchema(
                new TableId("public", "t"),
                List.of(new Column("c", carried, true, row.name())),
                List.of(),
                BeforeImage.FULL);
        return IcebergSchemas.of(new LakeTableSpec(schema, List.of(), LakeTableSpec.DeleteMode.HARD))
                .columns()
                .get(0)
                .type()
                .toString();
    }
}
