package io.tidemark.lake.hudi.commit;

import io.tidemark.lake.hudi.schema.AvroSchemas;
import io.tidemark.lake.hudi.schema.PartitionPaths;
import io.tidemark.lake.hudi.schema.SpecText;
import io.tidemark.lake.hudi.schema.StoredSpec;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.RowSchema;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;
import org.apache.hudi.common.config.RecordMergeMode;
import org.apache.hudi.common.model.HoodieTableType;
import org.apache.hudi.common.model.HoodieTimelineTimeZone;
import org.apache.hudi.common.table.HoodieTableMetaClient;
import org.apache.hudi.common.table.timeline.HoodieInstantTimeGenerator;
import org.apache.hudi.storage.StoragePath;

/**
 * Makes the Hudi table of a mirror.
 *
 * @param type table type
 * @param ordering column whose greater value wins, for tables that have it
 */
public record TableCreation(HoodieTableType type, Optional<String> ordering) {
    static {
        // Times of commits are those of the table, which is in UTC; Hudi's generator starts with the zone of the
        // machine.
        HoodieInstantTimeGenerator.setCommitTimeZone(HoodieTimelineTimeZone.UTC);
    }

    public void create(Path folder, StoredSpec stored, WriteOptions options) {
        LakeTableSpec spec = stored.spec();
        PartitionPaths partitions = new PartitionPaths(stored);
        HoodieTableMetaClient.TableBuilder builder = HoodieTableMetaClient.newTableBuilder()
                .setTableType(type)
                .setTableName(spec.schema().table().name())
                .setTableCreateSchema(AvroSchemas.of(stored).toString())
                .setPopulateMetaFields(true)
                .setHiveStylePartitioningEnable(true)
                .setUrlEncodePartitioning(true)
                .setCommitTimezone(HoodieTimelineTimeZone.UTC)
                .setRecordMergeMode(RecordMergeMode.COMMIT_TIME_ORDERING);
        ordering(stored)
                .ifPresent(column ->
                        builder.setOrderingFields(column).setRecordMergeMode(RecordMergeMode.EVENT_TIME_ORDERING));
        if (spec.schema().hasKey()) {
            builder.setRecordKeyFields(spec.schema().key().stream()
                    .map(name -> stored.names().get(spec.schema().indexOf(name)))
                    .collect(Collectors.joining(",")));
        }
        if (!partitions.names().isEmpty()) {
            builder.setPartitionFields(String.join(",", partitions.names()));
        }
        Properties properties = builder.build();
        properties.putAll(SpecText.write(stored));
        try {
            HoodieTableMetaClient.createTableLayoutOnStorage(
                    WriteConfigs.storage(options.properties()),
                    new StoragePath(folder.toString()),
                    properties,
                    null,
                    true);
        } catch (IOException e) {
            throw new TidemarkException(
                    ErrorCode.LAKE_IO,
                    "Cannot create the mirror of " + spec.schema().table() + ": " + e.getMessage(),
                    e);
        }
    }

    private Optional<String> ordering(StoredSpec stored) {
        RowSchema schema = stored.spec().schema();
        int index = ordering.map(schema::indexOf).orElse(-1);
        if (index < 0 || !schema.hasKey()) {
            return Optional.empty();
        }
        Column column = schema.columns().get(index);
        boolean isOrdered = switch (column.type().kind()) {
            case INT32, INT64, DATE, TIMESTAMP, TIMESTAMP_TZ -> !column.nullable();
            default -> false;
        };
        if (!isOrdered) {
            throw new TidemarkException(
                    ErrorCode.LAKE_SCHEMA_MISMATCH,
                    "Cannot create the mirror of " + schema.table() + ": its ordering column must be a number, date or"
                            + " timestamp that is never null (column=" + column.name() + ", type=" + column.type()
                            + ", nullable=" + column.nullable() + ")");
        }
        return Optional.of(stored.names().get(index));
    }
}
