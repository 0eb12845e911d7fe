//! DetectLabels: numbers from pixels, and rejected requests.

use aws_sdk_rekognition::error::ProvideErrorMetadata;
use aws_stand_in::{Api, Channel, Fault, Pace, Quality, Scene, malformed_jpegs};

use super::{builder, detect_labels, thumbnail};

#[tokio::test]
async fn detect_labels_measures_the_pixels_of_the_request() {
    let aws = builder()
        .channel(Channel::new("moving").name("ü"))
        .channel(Channel::new("black").shows(Scene::Black))
        .channel(Channel::new("frozen").shows(Scene::Frozen))
        .pace(Pace::PerRequest)
        .start();
    let black = detect_labels(&aws, thumbnail(&aws, "black").await.jpeg).await.unwrap();
    assert_eq!(black, Quality { brightness: 0.0, sharpness: 0.0, contrast: 0.0 });
    let mut sums = Vec::new();
    for _ in 0..4 {
        let quality = detect_labels(&aws, thumbnail(&aws, "moving").await.jpeg).await.unwrap();
        let numbers = [quality.brightness, quality.sharpness, quality.contrast];
        assert!(numbers.iter().all(|number| (1.0..=100.0).contains(number)), "{quality:?}");
        sums.push(numbers.iter().sum::<f32>());
    }
    assert!(sums.windows(2).any(|two| (two[0] - two[1]).abs() > 1.0), "{sums:?}");
    let (analysed, served) =
        (aws.pictures_analysed("moving", 0), aws.thumbnails_served("moving", 0));
    assert_eq!((analysed.len(), served.len()), (4, 4));
    for (analysed, served) in analysed.iter().zip(&served) {
        assert_eq!(analysed.number, Some(served.number));
        assert_eq!(
            (Some(analysed.quality), analysed.fingerprint),
            (served.quality, served.fingerprint)
        );
    }
    let frozen = thumbnail(&aws, "frozen").await.jpeg;
    let first = detect_labels(&aws, frozen.clone()).await.unwrap();
    assert_eq!(detect_labels(&aws, frozen).await.unwrap(), first);
}

#[tokio::test]
async fn rekognition_rejects_what_the_service_rejects() {
    let aws = builder().start();
    let error =
        async |jpeg: Vec<u8>| detect_labels(&aws, jpeg).await.unwrap_err().into_service_error();
    assert!(error(vec![]).await.is_invalid_parameter_exception());
    assert!(error(b"\x89PNG and nothing else".to_vec()).await.is_invalid_image_format_exception());
    assert!(
        error(malformed_jpegs::truncated()[..40].to_vec())
            .await
            .is_invalid_image_format_exception()
    );
    assert!(error(malformed_jpegs::sized(1, 1)).await.is_invalid_parameter_exception());
    assert!(error(malformed_jpegs::sized(480, 79)).await.is_invalid_parameter_exception());
    assert!(
        error(malformed_jpegs::claiming(20_000, 20_000)).await.is_invalid_parameter_exception()
    );
    assert!(error(malformed_jpegs::padded(5_242_880 + 100)).await.is_image_too_large_exception());
    assert!(detect_labels(&aws, malformed_jpegs::sized(80, 80)).await.is_ok());
}

#[tokio::test]
async fn the_faults_of_detect_labels_are_the_modelled_errors() {
    let aws = builder().start();
    let on = || Fault::on(Api::DetectLabels);
    let error = async |fault: Fault| {
        aws.clear_faults();
        aws.fault(fault);
        detect_labels(&aws, malformed_jpegs::sized(480, 270))
            .await
            .unwrap_err()
            .into_service_error()
    };
    assert!(error(on().throttle()).await.is_provisioned_throughput_exceeded_exception());
    assert!(error(on().server_error(500)).await.is_internal_server_error());
    assert!(error(on().denied()).await.is_access_denied_exception());
    assert!(error(on().validation()).await.is_invalid_parameter_exception());
    assert_eq!(error(on().expired()).await.code(), Some("ExpiredTokenException"));
}
