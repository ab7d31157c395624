package io.tidemark.engine.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestNameTest {
    @ParameterizedTest
    @CsvSource({
        "pasword, password",
        "passwrod, password",
        "PASSWORD, password",
        "maxSize, max-size",
        "max_size, max-size",
        "ulr, url",
        "usr, ",
        "x, ",
        "database, ",
    })
    void findsWhatWasProbablyMeant(String written, String expected) {
        assertThat(NearestName.of(written, List.of("url", "password", "max-size")))
                .isEqualTo(java.util.Optional.ofNullable(expected));
    }
}
