package io.tidemark.lake.hudi.commit;

import io.tidemark.lake.hudi.schema.AvroSchemas;
import io.tidemark.lake.hudi.schema.PartitionPaths;
import io.tidemark.lake.hudi.schema.SpecText;
import io.tidemark.lake.hudi.schema.StoredSpec;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeTableSpec;
import java.io.IOException;
import java.nio.file.Path;
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
 */
public record TableCreation(HoodieTableType type) {
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
            throw TidemarkException.ofStorage(
                    "Cannot create the mirror of " + spec.schema().table(), e);
        }
    }
}
