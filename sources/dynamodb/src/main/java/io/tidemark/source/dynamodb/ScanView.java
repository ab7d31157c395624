package io.tidemark.source.dynamodb;

import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.source.SnapshotChunk;
import io.tidemark.spi.source.SnapshotCut;
import io.tidemark.spi.source.SourceTable;
import io.tidemark.spi.source.TypeChoices;
import io.tidemark.spi.source.UndecodableRow;
import io.tidemark.spi.verify.TableReading;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.GetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.TableDescription;

/**
 * Tables by parallel scan with strong consistency: an item is read as it is when its page is read. A chunk is a segment of the scan, which is the same
 * part of the keys however often it is read.
 */
final class ScanView implements SnapshotCut {
    /** The most that a scan may have, as the API reference of Scan says. */
    private static final long SEGMENTS_MAX = 1_000_000;

    private final Clients clients;
    private final Position cutoff;
    private final TypeChoices choices;
    private final @Nullable String document;
    private final long openedMicros = System.currentTimeMillis() * 1_000;

    ScanView(Clients clients, Position cutoff, TypeChoices choices, @Nullable String document) {
        this.clients = clients;
        this.cutoff = cutoff;
        this.choices = choices;
        this.document = document;
    }

    @Override
    public Position cutoff() {
        return cutoff;
    }

    @Override
    public List<SnapshotChunk> plan(SourceTable table, long chunkBytes) {
        TableDescription described = clients.describe(table.id().name());
        long segments = Math.max(1, Math.min(SEGMENTS_MAX, described.tableSizeBytes() / chunkBytes));
        List<SnapshotChunk> chunks = new ArrayList<>();
        for (int segment = 0; segment < segments; segment++) {
            chunks.add(new SnapshotChunk(
                    table.id(), segment, table.id(), segment + "/" + segments, described.itemCount() / segments));
        }
        return List.copyOf(chunks);
    }

    @Override
    public long read(
            SnapshotChunk chunk,
            SourceTable table,
            Consumer<ChangeBatch> consumer,
            Consumer<UndecodableRow> undecodable) {
        ItemBatches rows = batches(table, openedMicros, consumer, undecodable);
        SegmentScan.pages(clients, table.id(), chunk.range(), page -> page.forEach(rows::add));
        return rows.end();
    }

    @Override
    public long readKeys(
            SourceTable table,
            List<List<String>> keys,
            Consumer<ChangeBatch> consumer,
            Consumer<UndecodableRow> undecodable) {
        ItemBatches rows = batches(table, openedMicros, consumer, undecodable);
        for (List<String> key : keys) {
            GetItemResponse found = Clients.calling(
                    "read a row of " + table.id(),
                    () -> clients.tables()
                            .getItem(request -> request.tableName(table.id().name())
                                    .key(KeyValues.of(table.schema(), key))
                                    .consistentRead(true)));
            if (found.hasItem()) {
                rows.add(found.item());
            }
        }
        return rows.end();
    }

    @Override
    public TableReading reading(SourceTable table) {
        return new ScanReading(clients, table, document);
    }

    @Override
    public void close() {
        // Nothing is held between calls.
    }

    /** Batches for rows of the table, at the cutoff. */
    ItemBatches batches(
            SourceTable table, long asOfMicros, Consumer<ChangeBatch> consumer, Consumer<UndecodableRow> undecodable) {
        return new ItemBatches(new TableItems(table, choices, document), cutoff, asOfMicros, consumer, undecodable);
    }
}
