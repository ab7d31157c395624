package io.tidemark.dist;

import io.tidemark.spi.schema.TableId;
import io.tidemark.storage.LocalFileIO;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.OverwriteFiles;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetWriter;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.DataWriter;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.apache.iceberg.parquet.Parquet;

/** Reads and changes a mirror through Iceberg alone, as a stranger would who does not know of Tidemark. */
final class LakeTampering {
    private LakeTampering() {}

    /** All rows through Iceberg's own generic reader. */
    static List<Record> read(MirroredPipeline mirrored, TableId id) throws IOException {
        try (JdbcCatalog catalog = catalog(mirrored)) {
            return rows(catalog.loadTable(identifier(id)));
        }
    }

    static void changeRows(MirroredPipeline mirrored, TableId id, String key, List<?> keys, String column, Object value)
            throws IOException {
        Set<Object> wanted = new HashSet<>(keys);
        rewrite(mirrored, id, row -> {
            if (!wanted.contains(row.getField(key))) {
                return row;
            }
            Record changed = row.copy();
            changed.setField(column, value);
            return changed;
        });
    }

    static void deleteRows(MirroredPipeline mirrored, TableId id, List<Integer> keys) throws IOException {
        Set<Integer> gone = new HashSet<>(keys);
        rewrite(mirrored, id, row -> gone.contains(row.getField("id")) ? null : row);
    }

    private static void rewrite(MirroredPipeline mirrored, TableId id, UnaryOperator<Record> change)
            throws IOException {
        try (JdbcCatalog catalog = catalog(mirrored)) {
            Table table = catalog.loadTable(identifier(id));
            String path = table.locationProvider().newDataLocation("stranger-" + UUID.randomUUID() + ".parquet");
            DataWriter<Record> writer = Parquet.writeData(table.io().newOutputFile(path))
                    .forTable(table)
                    .createWriterFunc(GenericParquetWriter::create)
                    .build();
            try (writer) {
                for (Record row : rows(table)) {
                    Record changed = change.apply(row);
                    if (changed != null) {
                        writer.write(changed);
                    }
                }
            }
            DataFile written = writer.toDataFile();
            OverwriteFiles overwrite = table.newOverwrite().addFile(written);
            try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
                tasks.forEach(task -> overwrite.deleteFile(task.file()));
            }
            overwrite.commit();
        }
    }

    private static List<Record> rows(Table table) throws IOException {
        List<Record> rows = new ArrayList<>();
        try (CloseableIterable<Record> found = IcebergGenerics.read(table).build()) {
            for (Record row : found) {
                rows.add(((GenericRecord) row).copy());
            }
        }
        return rows;
    }

    private static TableIdentifier identifier(TableId id) {
        return TableIdentifier.of(id.schema(), id.name());
    }

    private static JdbcCatalog catalog(MirroredPipeline mirrored) {
        JdbcCatalog catalog = new JdbcCatalog();
        catalog.initialize(
                "tidemark",
                Map.of(
                        CatalogProperties.URI,
                        "jdbc:sqlite:" + mirrored.config().state().resolve("catalog.db"),
                        CatalogProperties.WAREHOUSE_LOCATION,
                        mirrored.lake().toString(),
                        CatalogProperties.FILE_IO_IMPL,
                        LocalFileIO.class.getName(),
                        "jdbc.schema-version",
                        "V1",
                        "jdbc.busy_timeout",
                        "30000"));
        return catalog;
    }
}
