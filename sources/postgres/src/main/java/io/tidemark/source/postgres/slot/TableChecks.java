package io.tidemark.source.postgres.slot;

import io.tidemark.source.postgres.catalog.TableCatalog;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.Finding;
import io.tidemark.spi.source.SourceTable;
import io.tidemark.spi.source.TableScope;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Tests whether single tables can be published and read. */
final class TableChecks {
    private static final String PERMISSIONS = """
            select w.number,
                   c.oid is not null,
                   has_schema_privilege(c.relnamespace, 'USAGE'),
                   has_table_privilege(c.oid, 'SELECT')
                     or not exists (select from pg_catalog.pg_attribute a
                                     where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attname = any (w.columns::text[])
                                       and not has_column_privilege(c.oid, a.attnum, 'SELECT')),
                   pg_has_role(c.relowner, 'USAGE'),
                   exists (select from pg_catalog.pg_publication_rel r join pg_catalog.pg_publication p on p.oid = r.prpubid
                            where r.prrelid = c.oid and p.pubname = any (?))
                     or exists (select from pg_catalog.pg_publication p where p.pubname = any (?) and p.puballtables),
                   pg_catalog.pg_get_userbyid(c.relowner),
                   c.relrowsecurity and row_security_active(c.oid)
              from unnest(?, ?, ?) with ordinality as w(schema, name, columns, number)
              left join pg_catalog.pg_namespace n on n.nspname = w.schema
              left join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = w.name
            """;

    private final Connection connection;
    private final String user;
    private final CaptureNames names;

    TableChecks(Connection connection, String user, CaptureNames names) {
        this.connection = connection;
        this.user = user;
        this.names = names;
    }

    /**
     * Everything that can be said of a table.
     *
     * @param permissions what {@link #permissions} found
     */
    List<Finding> run(TableCatalog catalog, TableId id, TableScope scope, List<Finding> permissions) {
        String subject = "table " + id;
        String leftOut = catalog.leftOut().get(id);
        if (leftOut != null) {
            return List.of(Finding.failed(
                    ErrorCode.SOURCE_TYPE,
                    subject,
                    "table " + id + " cannot be captured: " + leftOut,
                    "Exclude the table."));
        }
        SourceTable table = catalog.tables().get(id);
        if (table == null) {
            return List.of(missing(id));
        }
        List<Finding> findings = new ArrayList<>(permissions);
        boolean isDecodable = true;
        List<String> notices = new ArrayList<>(table.notices());
        List<Finding> failures = new ArrayList<>();
        for (TableCatalog.UnsupportedColumn column : catalog.unsupportedColumns(id)) {
            if (scope.omits(column.name(), column.number())) {
                notices.remove(column.notice());
                continue;
            }
            isDecodable = false;
            failures.add(Finding.failed(
                    column.problem().code(),
                    subject,
                    column.problem().reason(),
                    column.problem().remedy()));
        }
        for (String notice : notices) {
            findings.add(Finding.warning(subject, "table " + id + ": " + notice, ""));
        }
        findings.addAll(failures);
        if (findings.isEmpty() && isDecodable) {
            List<String> key = table.schema().key();
            findings.add(Finding.ok(subject, key.isEmpty() ? "no key" : "key " + String.join(", ", key)));
        }
        return findings;
    }

    static Finding missing(TableId id) {
        return Finding.failed(
                ErrorCode.SOURCE_TABLE_MISSING,
                "table " + id,
                "table " + id + " does not exist in this database",
                "Correct its name (upper and lower case count), create it, or take it out of the pipeline.");
    }

    /** What the role lacks to publish each of the tables, and to read the part of it that is mirrored. */
    Map<TableId, List<Finding>> permissions(List<SourceTable> tables) throws SQLException {
        Map<TableId, List<Finding>> findings = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(PERMISSIONS)) {
            Array publications = textArray(names.publications().stream());
            statement.setArray(1, publications);
            statement.setArray(2, publications);
            statement.setArray(
                    3, textArray(tables.stream().map(table -> table.id().schema())));
            statement.setArray(
                    4, textArray(tables.stream().map(table -> table.id().name())));
            List<String> columns = new ArrayList<>();
            for (SourceTable table : tables) {
                columns.add(textArray(table.schema().columns().stream().map(Column::name))
                        .toString());
            }
            statement.setArray(5, textArray(columns.stream()));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    TableId id = tables.get(row.getInt(1) - 1).id();
                    findings.put(id, row.getBoolean(2) ? permissions(id, row) : List.of(missing(id)));
                }
            }
        }
        return findings;
    }

    private Array textArray(Stream<String> values) throws SQLException {
        return connection.createArrayOf("text", values.toArray());
    }

    private List<Finding> permissions(TableId id, ResultSet row) throws SQLException {
        List<Finding> findings = new ArrayList<>();
        String subject = "table " + id;
        String role = TableId.quote(user);
        if (!row.getBoolean(3) || !row.getBoolean(4)) {
            findings.add(Finding.failed(
                    ErrorCode.SOURCE_PERMISSION,
                    subject,
                    "role " + user + " may not read table " + id,
                    "Run: GRANT USAGE ON SCHEMA " + TableId.quote(id.schema()) + " TO " + role + "; GRANT SELECT ON "
                            + id.quoted() + " TO " + role + ";"));
        }
        if (!row.getBoolean(5) && !row.getBoolean(6)) {
            findings.add(Finding.failed(
                    ErrorCode.SOURCE_PERMISSION,
                    subject,
                    "role " + user + " does not own table " + id + ", which adding it to a publication needs",
                    "Run: GRANT " + TableId.quote(row.getString(7)) + " TO " + role + "; or let its owner publish it: "
                            + "ALTER PUBLICATION " + TableId.quote(names.publication()) + " ADD TABLE ONLY "
                            + id.quoted() + ";"));
        }
        if (row.getBoolean(8)) {
            findings.add(Finding.failed(
                    ErrorCode.SOURCE_PERMISSION,
                    subject,
                    "row-level security hides rows of table " + id + " from role " + user,
                    "Run: ALTER ROLE " + role + " BYPASSRLS;"));
        }
        return findings;
    }
}
