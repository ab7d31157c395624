package io.tidemark.lake.iceberg;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.spi.config.Settings;
import io.tidemark.spi.error.ErrorCode;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** The topics for which it matters where files are, three of them in slow builds only; {@link DeletionVectorsContractTest} has all. */
class S3ContractTest {
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
        return IcebergFixture.inS3(folder, server, memory);
    }

    @Test
    void checkNamesWhatIsWrongWithTheStorage(@TempDir Path state) {
        String bucket = server.createBucket("checked");
        assertThat(check(bucket + "/lake", state, Map.of())).isEmpty();
        assertThat(check("s3://no-such-bucket/lake", state, Map.of()))
                .singleElement()
                .satisfies(finding -> assertThat(finding.detail()).contains("no-such-bucket"));
        assertThat(check(bucket + "/lake", state, Map.of("s3.secret-access-key", "wrong")))
                .singleElement()
                .satisfies(finding -> assertThat(finding.code()).hasValue(ErrorCode.LAKE_NOT_WRITABLE));
    }

    private static List<Finding> check(String location, Path state, Map<String, String> more) {
        Map<String, String> properties = new HashMap<>(server.properties());
        properties.putAll(more);
        Settings settings = new Settings("lake", Map.of(), properties);
        try (Lake lake = IcebergLake.open(location, settings, state, LakeOptions.defaults())) {
            return lake.check().stream()
                    .filter(finding -> finding.status() == Finding.Status.FAILED)
                    .toList();
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
    class Publish extends PublishContract {
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
