package io.tidemark.source.dynamodb;

import io.tidemark.source.dynamodb.TableExports.Chosen;
import io.tidemark.source.dynamodb.export.DataFile;
import io.tidemark.source.dynamodb.export.Export;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.source.SnapshotChunk;
import io.tidemark.spi.source.SnapshotCut;
import io.tidemark.spi.source.SourceTable;
import io.tidemark.spi.source.UndecodableRow;
import io.tidemark.spi.verify.TableReading;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Loads tables from exports where they have one. Everything else is for the scan: what is compared or read again is read as it is now. */
final class ExportView implements SnapshotCut {
    private final TableExports exports;
    private final ScanView scan;

    ExportView(TableExports exports, ScanView scan) {
        this.exports = exports;
        this.scan = scan;
    }

    @Override
    public Position cutoff() {
        return scan.cutoff();
    }

    @Override
    public Optional<Instant> asOf(SourceTable table) {
        return exports.find(table).map(chosen -> chosen.export().summary().exportTime());
    }

    @Override
    public List<SnapshotChunk> plan(SourceTable table, long chunkBytes) {
        Optional<Chosen> chosen = exports.find(table);
        return chosen.isPresent()
                ? ExportChunk.plan(
                        table.id(),
                        chosen.orElseThrow().export(),
                        chosen.orElseThrow().location(),
                        chunkBytes)
                : scan.plan(table, chunkBytes);
    }

    @Override
    public long read(
            SnapshotChunk chunk,
            SourceTable table,
            Consumer<ChangeBatch> consumer,
            Consumer<UndecodableRow> undecodable) {
        if (!ExportChunk.isOne(chunk.range())) {
            return scan.read(chunk, table, consumer, undecodable);
        }
        ExportChunk part = ExportChunk.parse(chunk.range());
        Export export = exports.open(part.location());
        String found = export.summary().exportArn();
        if (!found.equals(part.exportArn())) {
            throw new TidemarkException(
                    ErrorCode.CONFIG_INVALID,
                    "Cannot go on loading " + table.id() + ": at " + part.location()
                            + " is another export than it began with (expected=" + part.exportArn() + ", found=" + found
                            + ")",
                    "Put the export back, or run 'tidemark resync " + table.id() + "' to begin anew.",
                    null);
        }
        long micros = ChronoUnit.MICROS.between(Instant.EPOCH, export.summary().exportTime());
        ItemBatches rows = scan.batches(table, micros, consumer, undecodable);
        for (DataFile file : export.files().subList(part.from(), part.to())) {
            export.read(file, rows::add);
        }
        return rows.end();
    }

    @Override
    public long readKeys(
            SourceTable table,
            List<List<String>> keys,
            Consumer<ChangeBatch> consumer,
            Consumer<UndecodableRow> undecodable) {
        return scan.readKeys(table, keys, consumer, undecodable);
    }

    @Override
    public TableReading reading(SourceTable table) {
        return scan.reading(table);
    }

    @Override
    public void close() {
        scan.close();
    }
}
