package io.tidemark.lake.delta;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.spi.config.Settings;
import io.tidemark.spi.lake.Lake;
import io.tidemark.spi.source.Finding;
import io.tidemark.testkit.lake.ApplyMemory;
import io.tidemark.testkit.lake.CrashContract;
import io.tidemark.testkit.lake.FenceContract;
import io.tidemark.testkit.lake.LakeFixture;
import io.tidemark.testkit.lake.LoadContract;
import io.tidemark.testkit.lake.PublishContract;
import io.tidemark.testkit.lake.ReadContract;
import io.tidemark.testkit.lake.UpkeepContract;
import io.tidemark.testkit.s3.S3Server;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** The topics for which it matters where files are, three of them in slow builds only; {@link DeltaContractTest} has all. */
class S3DeltaContractTest {
    @TempDir
    static Path objects;

    private static S3Server server;

    @BeforeAll
    static void startServer() {
        server = S3Server.start(objects);
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    private static LakeFixture inS3(Path folder, ApplyMemory memory) {
        return DeltaFixture.inS3(folder, server, memory);
    }

    @Test
    void checkTriesConditionalWrites(@TempDir Path state) {
        Settings settings = new Settings("lake", Map.of(), server.properties());
        try (Lake lake = new DeltaLakeProvider().open(server.createBucket("checked") + "/lake", settings, state)) {
            assertThat(lake.check())
                    .hasSize(2)
                    .allSatisfy(finding -> assertThat(finding.status()).isEqualTo(Finding.Status.OK));
        }
    }

    @Nested
    class Load extends LoadContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return inS3(folder, memory);
        }
    }

    @Nested
    class Fence extends FenceContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return inS3(folder, memory);
        }
    }

    @Nested
    class Publish extends PublishContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return inS3(folder, memory);
        }
    }

    @Nested
    @EnabledIfSystemProperty(named = "tidemark.slow", matches = "true")
    class Crash extends CrashContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return inS3(folder, memory);
        }
    }

    @Nested
    @EnabledIfSystemProperty(named = "tidemark.slow", matches = "true")
    class Read extends ReadContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return inS3(folder, memory);
        }
    }

    @Nested
    @EnabledIfSystemProperty(named = "tidemark.slow", matches = "true")
    class Upkeep extends UpkeepContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return inS3(folder, memory);
        }
    }
}
