package io.tidemark.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FailpointTest {
    @ParameterizedTest
    @EnumSource
    void standsForAMethodThatIsThere(Failpoint point) throws ClassNotFoundException {
        Class<?> type = Class.forName(point.type(), false, Failpoint.class.getClassLoader());
        assertThat(Arrays.stream(type.getDeclaredMethods()).map(Method::getName))
                .as("methods of %s", type)
                .contains(point.method());
    }
}
