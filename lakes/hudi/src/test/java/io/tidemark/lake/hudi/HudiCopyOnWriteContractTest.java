package io.tidemark.lake.hudi;

import io.tidemark.testkit.lake.ApplyMemory;
import io.tidemark.testkit.lake.LakeFixture;
import io.tidemark.testkit.lake.LakeFormatContract;
import java.nio.file.Path;
import org.apache.hudi.common.model.HoodieTableType;

class HudiCopyOnWriteContractTest extends LakeFormatContract {
    @Override
    protected LakeFixture open(Path folder, ApplyMemory memory) {
        return new HudiFixture(folder, HoodieTableType.COPY_ON_WRITE, memory);
    }
}
