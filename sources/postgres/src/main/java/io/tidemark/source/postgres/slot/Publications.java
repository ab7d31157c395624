package io.tidemark.source.postgres.slot;

import io.tidemark.source.postgres.connection.SqlState;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.SourceTable;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The two publications of a pipeline. Only what differs is changed, so that a set-up made by an administrator needs no further permission. */
final class Publications {
    private static final Logger LOG = LoggerFactory.getLogger(Publications.class);

    /** Each table in a transaction takes a place in the server's lock table, which is limited. */
    private static final int TABLES_PER_TRANSACTION = 500;

    /** Longer than the default deadlock_timeout, after which an automatic vacuum gives way. */
    private static final String LOCK_TIMEOUT = "3s";

    private static final int ATTEMPTS_MAX = 10;
    private static final int PARTS_SINCE = 15;

    private static final String FIND = """
            select p.pubname, p.puballtables, p.pubinsert and p.pubtruncate and p.pubviaroot and p.pubupdate = ? and p.pubdelete = ?,
                   coalesce(pg_catalog.obj_description(p.oid, 'pg_publication'), '')
              from pg_catalog.pg_publication p where p.pubname = ?
            """;

    private final Connection connection;
    private final CaptureNames names;

    Publications(Connection connection, CaptureNames names) {
        this.connection = connection;
        this.names = names;
    }

    /** Names of those that exist. */
    Set<String> existing() throws SQLException {
        Set<String> found = new HashSet<>();
        try (PreparedStatement statement =
                connection.prepareStatement("select pubname from pg_catalog.pg_publication where pubname = any (?)")) {
            Array array = connection.createArrayOf("text", names.publications().toArray());
            statement.setArray(1, array);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    found.add(row.getString(1));
                }
            }
        }
        return found;
    }

    /**
     * Publishes exactly these tables.
     *
     * @param tables as the catalog has them now: a table that has lost its key must leave the publication of updates
     */
    void publish(Collection<SourceTable> tables) throws SQLException, InterruptedException {
        Map<TableId, List<Change>> changes = new TreeMap<>();
        Map<TableId, String> restricted = restricted();
        for (SourceTable table : tables) {
            String publication = restricted.get(table.id());
            if (publication != null) {
                throw restricted(table.id(), publication);
            }
        }
        for (String publication : names.publications()) {
            boolean insertsOnly = publication.equals(names.insertsPublication());
            if (ensure(publication, insertsOnly)) {
                Set<TableId> wanted = tables.stream()
                        .filter(table -> (table.schema().beforeImage() == BeforeImage.NONE) == insertsOnly)
                        .map(SourceTable::id)
                        .collect(Collectors.toSet());
                compare(publication, wanted, changes);
            }
        }
        List<Change> group = new ArrayList<>();
        for (List<Change> ofTable : changes.values()) {
            // What moves between the publications does so in one transaction, so that no change falls between them.
            group.addAll(ofTable);
            if (group.size() >= TABLES_PER_TRANSACTION) {
                alter(group);
                group.clear();
            }
        }
        alter(group);
    }

    /** Drops both, unless another pipeline has taken the name. */
    void drop() throws SQLException {
        for (String publication : names.publications()) {
            String found = findComment(publication);
            if (!isOfAnother(found)) {
                execute("DROP PUBLICATION IF EXISTS " + TableId.quote(publication));
            }
        }
    }

    private String findComment(String publication) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("select coalesce(pg_catalog.obj_description(oid, 'pg_publication'), '')"
                        + " from pg_catalog.pg_publication where pubname = ?")) {
            statement.setString(1, publication);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getString(1) : "";
            }
        }
    }

    private boolean isOfAnother(String comment) {
        return comment.startsWith(comment("")) && !comment.equals(comment());
    }

    /** Makes the publication, or checks the one that exists; false when its tables are not to be changed. */
    private boolean ensure(String publication, boolean insertsOnly) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(FIND)) {
            statement.setBoolean(1, !insertsOnly);
            statement.setBoolean(2, !insertsOnly);
            statement.setString(3, publication);
            try (ResultSet row = statement.executeQuery()) {
                if (row.next()) {
                    checkOwner(publication, row.getString(4));
                    if (!row.getBoolean(3)) {
                        execute("ALTER PUBLICATION " + TableId.quote(publication) + " SET (" + options(insertsOnly)
                                + ")");
                    }
                    return !row.getBoolean(2);
                }
            }
        }
        execute("CREATE PUBLICATION " + TableId.quote(publication) + " WITH (" + options(insertsOnly) + ")");
        execute("COMMENT ON PUBLICATION " + TableId.quote(publication) + " IS '"
                + comment().replace("'", "''") + "'");
        LOG.info("Publication created: publication={}", publication);
        return true;
    }

    private void checkOwner(String publication, String found) {
        if (isOfAnother(found)) {
            throw new TidemarkException(
                    ErrorCode.SOURCE_SLOT_IN_USE,
                    "Cannot use publication: it belongs to another pipeline (publication=" + publication + ", pipeline="
                            + found.substring(comment("").length()) + ")",
                    "Give this pipeline another name, or names of its own with source.slot and source.publication.",
                    null);
        }
    }

    private String comment() {
        return comment(names.pipeline());
    }

    private static String comment(String pipeline) {
        return "tidemark pipeline " + pipeline;
    }

    private static String options(boolean insertsOnly) {
        return "publish = '" + (insertsOnly ? "insert, truncate" : "insert, update, delete, truncate")
                + "', publish_via_partition_root = true";
    }

    /**
     * Tables of which an administrator's publications publish a part only, with the publication. What is published of tables in the pipeline's own
     * publications is the pipeline's to decide.
     */
    Map<TableId, String> restricted() throws SQLException {
        Map<TableId, String> restricted = new TreeMap<>();
        for (String publication : names.publications()) {
            if (!findComment(publication).equals(comment())) {
                published(publication).forEach((table, isPart) -> {
                    if (isPart) {
                        restricted.put(table, publication);
                    }
                });
            }
        }
        return restricted;
    }

    /** Why a table cannot be captured that an administrator's publication publishes a part of. */
    static TidemarkException restricted(TableId table, String publication) {
        String quoted = TableId.quote(publication);
        return new TidemarkException(
                ErrorCode.CONFIG_INVALID,
                "Cannot capture table: the publication has a list of its columns or a condition on its rows, so that changes would be missing (table="
                        + table + ", publication=" + publication + ")",
                "Leave columns and rows out with 'omit' and 'where' in the table's rule, and have the publication's owner publish it whole:"
                        + " ALTER PUBLICATION " + quoted + " DROP TABLE ONLY " + table.quoted() + "; ALTER PUBLICATION "
                        + quoted + " ADD TABLE ONLY " + table.quoted() + ";",
                null);
    }

    private void compare(String publication, Set<TableId> wanted, Map<TableId, List<Change>> changes)
            throws SQLException {
        Map<TableId, Boolean> published = published(publication);
        Set<TableId> byItsSchema = publishedBySchema(publication);
        for (Map.Entry<TableId, Boolean> entry : published.entrySet()) {
            if (!wanted.contains(entry.getKey()) || entry.getValue()) {
                changes.computeIfAbsent(entry.getKey(), id -> new ArrayList<>())
                        .add(new Change(publication, false, entry.getKey()));
            }
        }
        for (TableId table : wanted) {
            if (published.getOrDefault(table, !byItsSchema.contains(table))) {
                changes.computeIfAbsent(table, id -> new ArrayList<>()).add(new Change(publication, true, table));
            }
        }
    }

    /** Ordinary and partitioned tables of the schemas that the publication publishes, which are published whole. */
    private Set<TableId> publishedBySchema(String publication) throws SQLException {
        Set<TableId> tables = new HashSet<>();
        if (!canPublishParts()) {
            return tables;
        }
        try (PreparedStatement statement = connection.prepareStatement("""
                select n.nspname, c.relname
                  from pg_catalog.pg_publication_namespace s
                  join pg_catalog.pg_publication p on p.oid = s.pnpubid
                  join pg_catalog.pg_namespace n on n.oid = s.pnnspid
                  join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relkind in ('r', 'p')
                 where p.pubname = ?
                """)) {
            statement.setString(1, publication);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    tables.add(new TableId(row.getString(1), row.getString(2)));
                }
            }
        }
        return tables;
    }

    /** Whether the server knows column lists, conditions and whole schemas in publications. */
    private boolean canPublishParts() throws SQLException {
        return connection.getMetaData().getDatabaseMajorVersion() >= PARTS_SINCE;
    }

    /** Tables of the publication, and whether some of their rows or columns are left out. */
    private Map<TableId, Boolean> published(String publication) throws SQLException {
        String sql = """
                select n.nspname, c.relname, %s
                  from pg_catalog.pg_publication_rel r
                  join pg_catalog.pg_publication p on p.oid = r.prpubid
                  join pg_catalog.pg_class c on c.oid = r.prrelid
                  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
                 where p.pubname = ?
                """.formatted(canPublishParts() ? "r.prqual is not null or r.prattrs is not null" : "false");
        Map<TableId, Boolean> tables = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, publication);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    tables.put(new TableId(row.getString(1), row.getString(2)), row.getBoolean(3));
                }
            }
        }
        return tables;
    }

    /** Altering a publication needs a lock of each table that conflicts with vacuum and schema changes, not with reads or writes. */
    private void alter(List<Change> changes) throws SQLException, InterruptedException {
        if (changes.isEmpty()) {
            return;
        }
        for (int attempt = 1; ; attempt++) {
            try {
                execute("BEGIN; SET LOCAL lock_timeout = '" + LOCK_TIMEOUT + "'");
                for (boolean adds : new boolean[] {false, true}) {
                    for (String publication : names.publications()) {
                        alter(publication, adds, changes);
                    }
                }
                execute("COMMIT");
                LOG.info("Publications changed: changes={}", changes.size());
                return;
            } catch (SQLException e) {
                execute("ROLLBACK");
                boolean isBusy = SqlState.of(e).equals(SqlState.LOCK_NOT_AVAILABLE)
                        || SqlState.of(e).equals(SqlState.DEADLOCK);
                if (!isBusy) {
                    throw e;
                }
                if (attempt == ATTEMPTS_MAX) {
                    throw new TidemarkException(
                            ErrorCode.TIMEOUT,
                            "Cannot alter publication: another session keeps a lock on a table (publication="
                                    + names.publication()
                                    + ", tables="
                                    + changes.stream()
                                            .limit(5)
                                            .map(change -> change.table().toString())
                                            .distinct()
                                            .collect(Collectors.joining(" "))
                                    + ")",
                            "Wait for the VACUUM, CREATE INDEX or ALTER TABLE that runs on it (see pg_stat_activity), then try again.",
                            e);
                }
                Thread.sleep(100L * attempt);
            }
        }
    }

    private void alter(String publication, boolean adds, List<Change> changes) throws SQLException {
        String tables = changes.stream()
                .filter(change -> change.adds() == adds && change.publication().equals(publication))
                .map(change -> "ONLY " + change.table().quoted())
                .collect(Collectors.joining(", "));
        if (!tables.isEmpty()) {
            execute("ALTER PUBLICATION " + TableId.quote(publication) + (adds ? " ADD TABLE " : " DROP TABLE ")
                    + tables);
        }
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** A table to be added to a publication, or taken out. */
    private record Change(String publication, boolean adds, TableId table) {}
}
