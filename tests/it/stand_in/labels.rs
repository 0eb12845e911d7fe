//! DetectLabels: numbers from pixels, and what is refused.

use aws_sdk_rekognition::error::ProvideErrorMetadata;

use super::{builder, look, thumbnail};
use aws_stand_in::{Api, Channel, Fault, Pace, Quality, Scene, odd};

#[tokio::test]
async fn rekognition_answers_from_the_pixels_it_was_sent() {
    let aws = builder()
        .channel(Channel::new("moving").name("ü"))
        .channel(Channel::new("black").shows(Scene::Black))
        .channel(Channel::new("frozen").shows(Scene::Frozen))
        .pace(Pace::PerRequest)
        .start();
    let black = look(&aws, thumbnail(&aws, "black").await.jpeg).await.unwrap();
    assert_eq!(black, Quality { brightness: 0.0, sharpness: 0.0, contrast: 0.0 });
    let mut sums = Vec::new();
    for _ in 0..4 {
        let quality = look(&aws, thumbnail(&aws, "moving").await.jpeg).await.unwrap();
        let parts = [quality.brightness, quality.sharpness, quality.contrast];
        assert!(parts.iter().all(|part| (1.0..=100.0).contains(part)), "{quality:?}");
        sums.push(parts.iter().sum::<f32>());
    }
    assert!(sums.windows(2).any(|two| (two[0] - two[1]).abs() > 1.0), "{sums:?}");
    let (looked, served) = (aws.looked_at("moving", 0), aws.thumbnails_served("moving", 0));
    let numbers = |n: usize| (looked[n].number, Some(looked[n].quality), looked[n].fingerprint);
    assert!((0..4).all(|n| numbers(n) == (Some(served[n].number), served[n].quality, served[n].fingerprint)));
    let frozen = thumbnail(&aws, "frozen").await.jpeg;
    assert_eq!(look(&aws, frozen.clone()).await.unwrap(), look(&aws, frozen).await.unwrap());
}

#[tokio::test]
async fn rekognition_refuses_what_the_service_refuses() {
    let aws = builder().start();
    let meet = async |jpeg: Vec<u8>| look(&aws, jpeg).await.unwrap_err().into_service_error();
    assert!(meet(vec![]).await.is_invalid_parameter_exception());
    assert!(meet(b"\x89PNG and no more".to_vec()).await.is_invalid_image_format_exception());
    assert!(meet(odd::cut_short()[..40].to_vec()).await.is_invalid_image_format_exception());
    assert!(meet(odd::sized(1, 1)).await.is_invalid_parameter_exception());
    assert!(meet(odd::sized(480, 79)).await.is_invalid_parameter_exception());
    assert!(meet(odd::claiming(20_000, 20_000)).await.is_invalid_parameter_exception());
    assert!(meet(odd::heavy(5_242_880 + 100)).await.is_image_too_large_exception());
    assert!(look(&aws, odd::sized(80, 80)).await.is_ok());
    let many = Fault::on(Api::DetectLabels);
    let meet = async |fault: Fault| {
        aws.clear_faults();
        aws.fault(fault);
        look(&aws, odd::sized(480, 270)).await.unwrap_err().into_service_error()
    };
    assert!(meet(many.clone().throttle()).await.is_provisioned_throughput_exceeded_exception());
    assert!(meet(many.clone().server_error(500)).await.is_internal_server_error());
    assert!(meet(many.clone().denied()).await.is_access_denied_exception());
    assert!(meet(many.clone().validation()).await.is_invalid_parameter_exception());
    assert_eq!(meet(many.expired()).await.code(), Some("ExpiredTokenException"));
}
