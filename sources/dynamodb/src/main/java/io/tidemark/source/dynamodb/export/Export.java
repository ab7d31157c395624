package io.tidemark.source.dynamodb.export;

import io.tidemark.source.dynamodb.export.DataFileReader.Shape;
import io.tidemark.spi.error.TidemarkException;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ExportType;

/**
 * An export of a table to S3, or a copy of one, as the DynamoDB Developer Guide has it in S3DataExport.Output. Any number of threads may read files
 * of it at the same time; a file takes the memory of one record, whatever its size. The files of a table have disjoint keys: each is of one
 * partition.
 */
public final class Export {
    private final ExportStore store;
    private final ExportSummary summary;
    private final List<DataFile> files;

    private Export(ExportStore store, ExportSummary summary, List<DataFile> files) {
        this.store = store;
        this.summary = summary;
        this.files = files;
    }

    /**
     * Reads and checks the manifests. Data files are not looked at.
     *
     * @param store stays the caller's to close
     * @param location the folder {@code AWSDynamoDB/<export id>} in the store, the one with the manifests; what lies before it or how it is called does
     *     not matter, but data of incremental exports has to be where it was in relation to it
     * @throws TidemarkException {@code CONFIG_INVALID} without manifests, {@code SOURCE_VERSION} for a version, format or type that is not known,
     *     {@code SOURCE_EXPORT_CORRUPT} when manifests are not what was written or contradict each other, {@code SOURCE_PROTOCOL} when they are not
     *     understood
     */
    public static Export open(ExportStore store, String location) {
        Manifests manifests = new Manifests(store, new ExportPaths(location));
        ExportSummary summary = manifests.summary();
        return new Export(store, summary, manifests.files(summary));
    }

    public ExportSummary summary() {
        return summary;
    }

    /** The files with the items, in the manifest's order; some may be empty. */
    public List<DataFile> files() {
        return files;
    }

    /**
     * Opens the first file that has items, and reads nothing of it: whether files can be had at all.
     *
     * @throws TidemarkException when it cannot be opened
     */
    public void requireFirstFile() {
        files.stream()
                .filter(file -> file.itemCount() > 0)
                .findFirst()
                .ifPresent(file ->
                        DataFileReader.open(store, summary.format(), file).close());
    }

    /**
     * Reads a file of a full export. Whether it is the one that was exported is only known at its end: a caller keeps what it was given only when
     * this returns, and discards it when this throws, as a chunk that is committed at its end does.
     *
     * @return the number of items, which is the file's
     * @throws TidemarkException {@code SOURCE_EXPORT_CORRUPT} with path, expected and found when the file is missing, cut or damaged or has another number of
     *     items; {@code SOURCE_CONNECTION_LOST} when the store fails, after which it can be read again
     */
    public long read(DataFile file, Consumer<Map<String, AttributeValue>> items) {
        require(ExportType.FULL_EXPORT);
        return read(file, ExportRecord::toItem, items);
    }

    /** Reads a file of an incremental export: {@link #read(DataFile, Consumer)} for changes. */
    public long readChanges(DataFile file, Consumer<ExportedChange> changes) {
        require(ExportType.INCREMENTAL_EXPORT);
        return read(file, ExportRecord::toChange, changes);
    }

    private <T> long read(DataFile file, Shape<T> shape, Consumer<T> consumer) {
        try (DataFileReader reader = DataFileReader.open(store, summary.format(), file)) {
            for (T record = reader.next(shape); record != null; record = reader.next(shape)) {
                consumer.accept(record);
            }
            return reader.count();
        }
    }

    private void require(ExportType type) {
        if (summary.type() != type) {
            throw new IllegalStateException("An export of type " + summary.type() + " is not read as " + type);
        }
    }
}
