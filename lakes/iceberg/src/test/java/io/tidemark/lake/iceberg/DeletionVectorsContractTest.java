package io.tidemark.lake.iceberg;

import io.tidemark.testkit.lake.ApplyMemory;
import io.tidemark.testkit.lake.LakeFixture;
import io.tidemark.testkit.lake.LakeFormatContract;
import java.nio.file.Path;

/** Iceberg format version 3. */
class DeletionVectorsContractTest extends LakeFormatContract {
    @Override
    protected LakeFixture open(Path folder, ApplyMemory memory) {
        return IcebergFixture.faulty(folder, "deletion-vectors", memory);
    }
}
