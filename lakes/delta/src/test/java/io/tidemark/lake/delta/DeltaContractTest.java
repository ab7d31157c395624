package io.tidemark.lake.delta;

import io.tidemark.testkit.lake.ApplyMemory;
import io.tidemark.testkit.lake.LakeFixture;
import io.tidemark.testkit.lake.LakeFormatContract;
import java.nio.file.Path;

class DeltaContractTest extends LakeFormatContract {
    @Override
    protected LakeFixture open(Path folder, ApplyMemory memory) {
        return new DeltaFixture(folder, memory);
    }
}
