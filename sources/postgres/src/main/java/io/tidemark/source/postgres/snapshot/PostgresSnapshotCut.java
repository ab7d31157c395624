package io.tidemark.source.postgres.snapshot;

import io.tidemark.source.postgres.connection.PostgresErrors;
import io.tidemark.source.postgres.type.TypeCatalog;
import io.tidemark.source.postgres.verify.PostgresTableReading;
import io.tidemark.source.postgres.view.BlockRange;
import io.tidemark.source.postgres.view.RelationLayout;
import io.tidemark.source.postgres.view.RelationPlan;
import io.tidemark.source.postgres.view.View;
import io.tidemark.source.postgres.view.ViewWork;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.SnapshotChunk;
import io.tidemark.spi.source.SnapshotCut;
import io.tidemark.spi.source.SourceTable;
import io.tidemark.spi.source.UndecodableRow;
import io.tidemark.spi.verify.TableReading;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A cut whose readers are sessions that imported one snapshot. Locks of a table are held only while a piece of it is read. */
public final class PostgresSnapshotCut implements SnapshotCut {
    private final View view;
    private final Position cutoff;
    private final TypeCatalog types;
    private final long takenMicros;

    PostgresSnapshotCut(View view, Position cutoff, TypeCatalog types, long takenMicros) {
        this.view = view;
        this.cutoff = cutoff;
        this.types = types;
        this.takenMicros = takenMicros;
    }

    @Override
    public Position cutoff() {
        return cutoff;
    }

    @Override
    public List<SnapshotChunk> plan(SourceTable table, long chunkBytes) {
        List<RelationPlan> parts = read(table.id(), connection -> {
            RelationLayout.requireWhole(connection, table);
            return RelationPlan.of(connection, table.id(), chunkBytes);
        });
        List<SnapshotChunk> chunks = new ArrayList<>(parts.size());
        for (RelationPlan part : parts) {
            chunks.add(new SnapshotChunk(
                    table.id(), chunks.size(), part.relation(), part.range().toString(), part.estimatedRows()));
        }
        return List.copyOf(chunks);
    }

    @Override
    public long read(SnapshotChunk chunk, SourceTable table, Consumer<ChangeBatch> consumer) {
        BlockRange range = BlockRange.parse(chunk.range());
        try {
            return read(chunk.relation(), connection -> {
                RelationLayout layout = RelationLayout.load(connection, chunk.relation(), table, types);
                return rowCopy(layout).copy(connection, range, consumer, null);
            });
        } catch (RowCopy.RowFailure e) {
            throw located(chunk.relation(), range, table, e);
        }
    }

    @Override
    public long read(
            SnapshotChunk chunk,
            SourceTable table,
            Consumer<ChangeBatch> consumer,
            Consumer<UndecodableRow> undecodable) {
        return read(chunk.relation(), connection -> {
            RelationLayout layout = RelationLayout.load(connection, chunk.relation(), table, types);
            return rowCopy(layout).copy(connection, BlockRange.parse(chunk.range()), consumer, undecodable);
        });
    }

    @Override
    public long readKeys(
            SourceTable table,
            List<List<String>> keys,
            Consumer<ChangeBatch> consumer,
            Consumer<UndecodableRow> undecodable) {
        RowSchema schema = table.schema();
        KeyConditions conditions = new KeyConditions(schema);
        long rows = 0;
        for (int from = 0; from < keys.size(); from += KeyConditions.KEYS_PER_QUERY) {
            List<List<String>> part = keys.subList(from, Math.min(keys.size(), from + KeyConditions.KEYS_PER_QUERY));
            rows += read(schema.table(), connection -> {
                RelationLayout layout = RelationLayout.load(connection, schema.table(), table, types);
                return rowCopy(layout).copy(connection, conditions.join(layout, part), consumer, undecodable);
            });
        }
        return rows;
    }

    @Override
    public TableReading reading(SourceTable table) {
        return new PostgresTableReading(view, table, types);
    }

    @Override
    public void close() {
        view.close();
    }

    /** Names the place of the row: the same query gives the rows in the same order. */
    private TidemarkException located(TableId relation, BlockRange range, SourceTable table, RowCopy.RowFailure row) {
        String at = read(relation, connection -> {
            RelationLayout layout = RelationLayout.load(connection, relation, table, types);
            try (Statement statement = connection.createStatement();
                    ResultSet found = statement.executeQuery("SELECT ctid::text FROM " + layout.from() + " WHERE "
                            + layout.where(range.condition()) + " OFFSET " + row.offset() + " LIMIT 1")) {
                return found.next() ? found.getString(1) : "unknown";
            }
        });
        TidemarkException reason = row.reason();
        String text = reason.reason();
        String opened = text.endsWith(")") ? text.substring(0, text.length() - 1) + ", " : text + " (";
        return new TidemarkException(
                reason.code(), opened + "relation=" + relation + ", ctid=" + at + ")", reason.remedy(), reason);
    }

    private RowCopy rowCopy(RelationLayout layout) {
        return new RowCopy(layout, cutoff, takenMicros);
    }

    private <T> T read(TableId relation, ViewWork<T> work) {
        try {
            return view.read(work);
        } catch (SQLException e) {
            throw PostgresErrors.reading(relation.quoted(), view.user(), relation.schema(), e);
        }
    }
}
