package io.tidemark.runner.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.testkit.aws.StubService;
import io.tidemark.testkit.aws.StubService.Answer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class AwsSecretStoreTest {
    private static final String ENDPOINT = "aws.endpointUrlSecretsManager";
    private static final String REGION = "aws.region";

    @RegisterExtension
    final StubService service = new StubService();

    private final AwsSecretStore secrets = new AwsSecretStore();

    @BeforeEach
    void point() {
        System.setProperty(ENDPOINT, service.url());
        System.setProperty(REGION, "eu-west-1");
    }

    @AfterEach
    void forget() {
        System.clearProperty(ENDPOINT);
        System.clearProperty(REGION);
    }

    @Test
    void aSecretIsReadByItsName() {
        service.answer(
                call -> new Answer(200, "{\"Name\":\"prod/db\",\"SecretString\":\"{\\\"password\\\":\\\"p\\\"}\"}"));
        assertThat(secrets.read("prod/db")).isEqualTo("{\"password\":\"p\"}");
        assertThat(service.calls("secretsmanager.GetSecretValue"))
                .singleElement()
                .satisfies(call -> assertThat(call.body()).isEqualTo("{\"SecretId\":\"prod/db\"}"))
                .satisfies(call -> assertThat(call.signature()).contains("/eu-west-1/secretsmanager/"));
    }

    @Test
    void whatIsMissingOrRefusedIsSaid() {
        service.answer(call -> new Answer(
                400, "{\"__type\":\"ResourceNotFoundException\",\"Message\":\"Secrets Manager can't find it.\"}"));
        assertThatThrownBy(() -> secrets.read("prod/db"))
                .hasFieldOrPropertyWithValue("code", ErrorCode.SECRET_NOT_FOUND)
                .hasMessageContaining("Cannot read secret prod/db: AWS Secrets Manager has no such secret");
        service.answer(call -> new Answer(
                400,
                "{\"__type\":\"AccessDeniedException\",\"Message\":\"not authorized to perform GetSecretValue\"}"));
        assertThatThrownBy(() -> secrets.read("prod/db"))
                .hasFieldOrPropertyWithValue("code", ErrorCode.SECRET_NOT_FOUND)
                .hasMessageContaining("not authorized to perform GetSecretValue");
        service.answer(call -> new Answer(200, "{\"Name\":\"prod/db\",\"SecretBinary\":\"AAAA\"}"));
        assertThatThrownBy(() -> secrets.read("prod/db"))
                .hasFieldOrPropertyWithValue("code", ErrorCode.SECRET_NOT_FOUND)
                .hasMessageContaining("it is binary, not text");
    }
}
