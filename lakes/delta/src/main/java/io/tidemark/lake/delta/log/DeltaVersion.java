package io.tidemark.lake.delta.log;

import io.tidemark.lake.delta.schema.TableSchema;
import io.tidemark.lake.upsert.table.TableVersion;
import io.tidemark.spi.lake.LakeProgress;
import java.util.Map;

/**
 * A version of a table.
 *
 * @param number its number
 * @param tableUuid id of the metadata
 * @param schema its columns
 * @param configuration properties of the metadata
 * @param progress what the mirror says of itself
 * @param files its data files
 */
public record DeltaVersion(
        long number,
        String tableUuid,
        TableSchema schema,
        Map<String, String> configuration,
        LakeProgress progress,
        DeltaFiles files)
        implements TableVersion {
    public DeltaVersion {
        configuration = Map.copyOf(configuration);
    }
}
