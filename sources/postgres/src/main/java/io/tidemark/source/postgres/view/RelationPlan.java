package io.tidemark.source.postgres.view;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.TableId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * A part of a table that one reader reads in one go.
 *
 * @param relation the table or a partition
 * @param range its blocks
 * @param estimatedRows estimate
 */
public record RelationPlan(TableId relation, BlockRange range, long estimatedRows) {
    /** The partitions that hold rows as the snapshot has them, or the table itself; sizes as they are now. */
    private static final String LEAVES = """
            with recursive parts(oid) as (
              select ?::regclass::oid
              union all
              select c.oid from parts p join pg_catalog.pg_inherits i on i.inhparent = p.oid
                join pg_catalog.pg_class c on c.oid = i.inhrelid and c.relispartition)
            select n.nspname, c.relname, c.relkind::text, coalesce(pg_catalog.pg_relation_size(c.oid), 0),
                   coalesce(pg_catalog.pg_table_size(c.oid), 0), c.reltuples::float8, c.relpages,
                   current_setting('block_size')::int
              from parts join pg_catalog.pg_class c on c.oid = parts.oid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
             where c.relkind <> 'p' order by n.nspname, c.relname
            """;

    /** Blocks that are looked at to guess the rows of a block in a table that was never analyzed. */
    private static final int SAMPLE_BLOCKS = 32;

    /** Smaller parts would cost more in starting than in reading. */
    private static final long BLOCKS_MIN = 16;

    /**
     * Cuts a table into parts of about this size.
     *
     * @param bytes bytes of heap and out-of-line values that a part has
     */
    public static List<RelationPlan> of(Connection connection, TableId table, long bytes) throws SQLException {
        List<RelationPlan> plan = new ArrayList<>();
        for (Leaf leaf : leaves(connection, table)) {
            double rowsOfBlock = leaf.rowsOfBlock() >= 0 ? leaf.rowsOfBlock() : sample(connection, leaf);
            long step = Math.max(BLOCKS_MIN, (long) (bytes / leaf.bytesOfBlock()));
            for (long from = 0; from == 0 || from < leaf.blocks(); from += step) {
                boolean isLast = from + step >= leaf.blocks();
                long rows = Math.round(rowsOfBlock * Math.min(step, leaf.blocks() - from));
                plan.add(new RelationPlan(leaf.id(), new BlockRange(from, isLast ? -1 : from + step), rows));
            }
        }
        return plan;
    }

    private static List<Leaf> leaves(Connection connection, TableId table) throws SQLException {
        List<Leaf> leaves = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(LEAVES)) {
            statement.setString(1, table.quoted());
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    TableId id = new TableId(row.getString(1), row.getString(2));
                    if (!row.getString(3).equals("r")) {
                        throw new TidemarkException(
                                ErrorCode.SOURCE_TYPE,
                                "Cannot read table " + table.quoted() + ": partition " + id.quoted()
                                        + " is not an ordinary table");
                    }
                    int pages = row.getInt(7);
                    double known = row.getDouble(6) >= 0 && pages > 0 ? row.getDouble(6) / pages : -1;
                    leaves.add(new Leaf(id, row.getLong(4), row.getLong(5), row.getInt(8), known));
                }
            }
        }
        return leaves;
    }

    private static double sample(Connection connection, Leaf leaf) throws SQLException {
        long blocks = Math.min(SAMPLE_BLOCKS, leaf.blocks());
        if (blocks == 0) {
            return 0;
        }
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select count(*) from ONLY "
                        + leaf.id().quoted() + " where " + new BlockRange(0, blocks).condition())) {
            row.next();
            return row.getDouble(1) / blocks;
        }
    }

    /** A relation with rows; {@code rowsOfBlock} is -1 when unknown. */
    private record Leaf(TableId id, long heapBytes, long allBytes, int blockBytes, double rowsOfBlock) {
        long blocks() {
            return heapBytes / blockBytes;
        }

        /** Bytes that a heap block stands for, with the out-of-line values of its rows. */
        double bytesOfBlock() {
            return heapBytes == 0 ? blockBytes : (double) blockBytes * Math.max(allBytes, heapBytes) / heapBytes;
        }
    }
}
