package io.tidemark.lake.delta;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.spi.config.Settings;
import io.tidemark.spi.lake.Lake;
import io.tidemark.spi.source.Finding;
import io.tidemark.testkit.lake.ApplyMemory;
import io.tidemark.testkit.lake.LakeFixture;
import io.tidemark.testkit.lake.S3LakeContract;
import io.tidemark.testkit.s3.S3Server;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class S3DeltaContractTest extends S3LakeContract {
    @Override
    protected LakeFixture open(Path folder, S3Server storage, ApplyMemory memory) {
        return DeltaFixture.inS3(folder, storage, memory);
    }

    @Test
    void checkTriesConditionalWrites(@TempDir Path state) {
        Settings settings = new Settings("lake", Map.of(), server().properties());
        try (Lake lake = new DeltaLakeProvider().open(server().createBucket("checked") + "/lake", settings, state)) {
            assertThat(lake.check())
                    .hasSize(2)
                    .allSatisfy(finding -> assertThat(finding.status()).isEqualTo(Finding.Status.OK));
        }
    }
}
