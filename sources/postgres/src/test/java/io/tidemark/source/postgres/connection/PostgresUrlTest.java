package io.tidemark.source.postgres.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresUrlTest {
    @ParameterizedTest
    @CsvSource({
        "postgresql://db.example:5433/bank, db.example:5433, bank",
        "postgres://db.example/bank, db.example:5432, bank",
        "jdbc:postgresql://127.0.0.1:5432/my%20db, 127.0.0.1:5432, my db",
        "postgresql://[::1]:5432/bank, [::1]:5432, bank",
        "' postgresql://a:1,b:2/bank ', 'a:1,b:2', bank"
    })
    void readsUrls(String text, String hosts, String database) {
        PostgresUrl url = PostgresUrl.parse(text);
        assertThat(url.hosts()).isEqualTo(hosts);
        assertThat(url.database()).isEqualTo(database);
        assertThat(url.parameters()).isEmpty();
        assertThat(url).hasToString("postgresql://" + hosts + "/" + database);
    }

    @Test
    void keepsParametersOfTheDriverAndDoesNotPrintThem() {
        PostgresUrl url =
                PostgresUrl.parse("postgresql://h/d?sslmode=verify-full&sslrootcert=/x.pem&sslpassword=secret");
        assertThat(url.parameters())
                .isEqualTo(Map.of("sslmode", "verify-full", "sslrootcert", "/x.pem", "sslpassword", "secret"));
        assertThat(url).hasToString("postgresql://h:5432/d");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "bank",
                "mysql://h/d",
                "postgresql://",
                "postgresql:///d",
                "postgresql://h",
                "postgresql://h/",
                "postgresql://h:x/d",
                "postgresql://h/?sslmode=require"
            })
    void refusesWhatIsNoUrl(String text) {
        assertThatThrownBy(() -> PostgresUrl.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "must read postgresql://host:port/database, with parameters such as ?sslmode=require behind it");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "postgresql://me:secret@h/d",
                "postgresql://h/d?password=secret",
                "postgresql://h/d?user=me",
                "postgresql://h/d?replication=true",
                "postgresql://h/d?sslmod=secret"
            })
    void refusesSecretsAndUnknownParametersWithoutRepeatingThem(String text) {
        assertThatThrownBy(() -> PostgresUrl.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(
                        text.contains("@") || !text.contains("sslmod=") ? "must not hold" : "holds a parameter")
                .hasMessageNotContaining("secret");
    }
}
