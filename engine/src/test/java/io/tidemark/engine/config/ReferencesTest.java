package io.tidemark.engine.config;

import static io.tidemark.engine.config.ConfigFixture.LEAST;
import static io.tidemark.engine.config.ConfigFixture.PASSWORD;
import static io.tidemark.engine.config.ConfigFixture.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReferencesTest {
    @TempDir
    Path folder;

    @Test
    void takesSecretsFromTheEnvironment() {
        assertThat(password("${env:PW}", Map.of("PW", "a$1\\${env:PW} ü'\""))).isEqualTo("a$1\\${env:PW} ü'\"");
        assertThat(password("a-${env:A}-${env:B}", Map.of("A", "1", "B", "2"))).isEqualTo("a-1-2");
    }

    @Test
    void takesSecretsFromFilesWithoutTheLastLineEnd() throws IOException {
        Files.writeString(folder.resolve("plain"), "one");
        Files.writeString(folder.resolve("unix"), " two \n");
        Files.writeString(folder.resolve("windows"), "three\r\n");

        assertThat(password("${file:plain}", Map.of())).isEqualTo("one");
        assertThat(password("${file:" + folder.resolve("unix") + "}", Map.of())).isEqualTo(" two ");
        assertThat(password("${file:./windows}", Map.of())).isEqualTo("three");
    }

    @Test
    void takesSecretsFromStoresWholeOrByKey() {
        assertThat(password("${safe:plain}", Map.of())).isEqualTo("text#1");
        assertThat(password("${safe:rds#username}:${safe:rds#password}@${safe:rds#port}", Map.of()))
                .isEqualTo("u:p#$1@5432");
    }

    @Test
    void tellsWhichSecretOrKeyIsMissingAndNoValue() {
        TidemarkException none = refusal("${safe:none}", Map.of());
        assertThat(none.code()).isEqualTo(ErrorCode.SECRET_NOT_FOUND);
        assertThat(none.reason()).contains("Cannot read secret none: there is none; Make it.");
        for (String text : new String[] {"${safe:rds#none}", "${safe:rds#other}"}) {
            TidemarkException e = refusal(text, Map.of());
            assertThat(e.code()).isEqualTo(ErrorCode.SECRET_NOT_FOUND);
            assertThat(e.reason())
                    .contains("the secret safe:rds has no value of key")
                    .doesNotContain("5432");
        }
        assertThat(refusal("${safe:plain#key}", Map.of()).reason())
                .contains("the secret safe:plain is not JSON, so that it has no key key")
                .doesNotContain("text");
    }

    @Test
    void leavesDollarSignsAndEscapedBracesAlone() {
        assertThat(password("$a$$b", Map.of())).isEqualTo("$a$$b");
        assertThat(password("x$${env:PW}", Map.of())).isEqualTo("x${env:PW}");
    }

    @Test
    void resolvesReferencesInProperties() {
        PipelineConfig config = read(
                folder,
                LEAST.replace("./lake}", "./lake, properties: {s3.secret: \"${env:S3}\"}}"),
                Map.of("S3", "hidden"));

        assertThat(config.lake().settings().properties()).containsEntry("s3.secret", "hidden");
    }

    @Test
    void tellsWhatIsMissingWithItsOwnCode() {
        TidemarkException e = refusal("${env:NO_SUCH}", Map.of());
        assertThat(e.code()).isEqualTo(ErrorCode.SECRET_NOT_FOUND);
        assertThat(e.reason())
                .contains("source.password refers to nothing: the environment variable NO_SUCH is not set");

        assertThat(refusal("${file:none}", Map.of()).reason()).contains("the file none does not exist");
        assertThat(refusal("${file:.}", Map.of()).code()).isEqualTo(ErrorCode.SECRET_NOT_FOUND);
    }

    @Test
    void refusesReferencesOfAnotherFormWithoutShowingThem() {
        for (String text : new String[] {"${s3cret}", "${vault:s3cret}", "x${s3cret", "${ENV:s3cret}"}) {
            TidemarkException e = refusal(text, Map.of());
            assertThat(e.code()).isEqualTo(ErrorCode.CONFIG_INVALID);
            assertThat(e.reason()).contains("starts no reference").doesNotContain("s3cret");
        }
    }

    @Test
    void neverShowsASecretInAProblem() {
        String pin = LEAST.replace("bank\"}", "bank\", pin: \"${env:PIN}\"}");
        TidemarkException e =
                catchThrowableOfType(TidemarkException.class, () -> read(folder, pin, Map.of("PIN", "s3cret")));

        assertThat(e.reason())
                .contains("source.pin is not valid (its value is not shown)")
                .doesNotContain("s3cret");
    }

    @Test
    void neverShowsASecretInASyntaxError() {
        String broken = LEAST.replace("bank\"}", "bank\", password: s3cret: x}");
        TidemarkException e = catchThrowableOfType(TidemarkException.class, () -> read(folder, broken));

        assertThat(e.reason()).contains("is not YAML").doesNotContain("s3cret");
    }

    private String password(String text, Map<String, String> environment) {
        return read(folder, withPassword(text), environment).source().settings().value(PASSWORD);
    }

    private TidemarkException refusal(String text, Map<String, String> environment) {
        TidemarkException e =
                catchThrowableOfType(TidemarkException.class, () -> read(folder, withPassword(text), environment));
        assertThat(e).as("the file is refused").isNotNull();
        return e;
    }

    private static String withPassword(String text) {
        return LEAST.replace("bank\"}", "bank\", password: '" + text + "'}");
    }
}
