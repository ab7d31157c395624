package io.tidemark.source.dynamodb;

import io.tidemark.source.dynamodb.export.Export;
import io.tidemark.source.dynamodb.export.ExportStore;
import io.tidemark.source.dynamodb.export.FolderExportStore;
import io.tidemark.source.dynamodb.export.S3ExportStore;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Exports by their location, each of which is opened once. Safe from any thread. */
final class OpenExports implements AutoCloseable {
    private static final String S3 = "s3://";

    private final S3ExportStore.Access access;
    private final Map<String, Export> exports = new HashMap<>();
    private final Map<String, ExportStore> stores = new HashMap<>();

    OpenExports(S3ExportStore.Access access) {
        this.access = access;
    }

    /**
     * The export at a location.
     *
     * @param location {@code s3://bucket/prefix/AWSDynamoDB/ID}, or the folder {@code AWSDynamoDB/ID} on this machine
     * @throws TidemarkException when it cannot be read; the next call tries again
     */
    synchronized Export open(String location) {
        Export known = exports.get(location);
        if (known == null) {
            known = location.startsWith(S3) ? inBucket(location) : inFolder(location);
            exports.put(location, known);
        }
        return known;
    }

    private Export inBucket(String location) {
        ExportDestination place = ExportDestination.parse(location);
        ExportStore store =
                stores.computeIfAbsent(S3 + place.bucket(), bucket -> S3ExportStore.connect(place.bucket(), access));
        return Export.open(store, place.prefix());
    }

    private Export inFolder(String location) {
        Path folder = Path.of(location).toAbsolutePath().normalize();
        Path parent = folder.getParent();
        if (parent == null) {
            throw new TidemarkException(
                    ErrorCode.CONFIG_INVALID,
                    "Cannot open export " + location + ": it is no folder AWSDynamoDB/<export id>");
        }
        ExportStore store = stores.computeIfAbsent(parent.toString(), path -> new FolderExportStore(parent));
        return Export.open(store, String.valueOf(folder.getFileName()));
    }

    @Override
    public synchronized void close() {
        stores.values().forEach(ExportStore::close);
        stores.clear();
        exports.clear();
    }
}
