//! A call in flight: its entry in the call log, and the work that it asks for.

use std::{sync::Arc, time::SystemTime};

use super::request::ServiceRequest;
use crate::{
    call_log::{AnalysedPicture, Call, ServedThumbnail},
    faults::fault::FaultKind,
    lock,
    pictures::still::fingerprint,
    services::{
        bucket, describe_channel, describe_thumbnails, detect_labels,
        get_metric_data::{self, Answer},
        list_channels::{self, PageOptions},
        list_metrics,
        metric_store::Datum,
        publish, put_events,
        put_metric_data::{self, Arrival},
    },
    state::AwsState,
    wire::{
        api::{Api, Feed},
        cbor,
        response::{ServiceError, ServiceResponse},
    },
};

/// A call in flight. It counts as such until this is dropped, however the call ends.
pub(crate) struct OpenCall {
    aws: Arc<AwsState>,
    pub(crate) api: Api,
    /// Counts the operation's calls from 1.
    pub(crate) number: u64,
    /// Position in the call log, and which log that is.
    log_index: usize,
    log_generation: u64,
}

impl OpenCall {
    /// Logs the call.
    pub(crate) fn begin(aws: Arc<AwsState>, api: Api, operation: String) -> Self {
        let number = aws.next_call_number(api);
        let mut log = lock(&aws.call_log);
        let (log_index, log_generation) = (log.record_call(api, operation), log.generation);
        drop(log);
        Self { aws, api, number, log_index, log_generation }
    }

    /// Completes the call's entry in the log, unless the log was reset.
    pub(crate) fn update_log(&self, update: impl FnOnce(&mut Call)) {
        let mut log = lock(&self.aws.call_log);
        if log.generation != self.log_generation {
            return;
        }
        if let Some(call) = log.calls.get_mut(self.log_index) {
            update(call);
        }
    }

    /// Does the work and returns the response. `feed` is the one that the request concerns.
    pub(crate) fn perform(
        &self,
        request: ServiceRequest,
        feed: Option<Feed>,
        fault: Option<&FaultKind>,
    ) -> Result<ServiceResponse, ServiceError> {
        let now = SystemTime::now();
        match request {
            ServiceRequest::ListChannels(request) => self.list_channels(&request, fault),
            ServiceRequest::DescribeThumbnails(feed) => self.describe_thumbnails(&feed, now, fault),
            ServiceRequest::DetectLabels(request) => self.detect_labels(&request, feed, now),
            ServiceRequest::PutEvents(request) => Ok(self.put_events(&request, now, fault)),
            ServiceRequest::Channel(request) => self.channel(&request),
            ServiceRequest::Publish(message) => Ok(self.publish(message)),
            ServiceRequest::Bucket(request) => {
                let body = bucket::perform(request, &mut lock(&self.aws.buckets))?;
                Ok(ServiceResponse::ok(self.api, body))
            }
            ServiceRequest::CloudWatch { request, bytes } => {
                self.cloudwatch(&request, &Arrival { at: now, bytes, call: self.number }, fault)
            }
        }
    }

    fn list_channels(
        &self,
        request: &list_channels::Request,
        fault: Option<&FaultKind>,
    ) -> Result<ServiceResponse, ServiceError> {
        let options = PageOptions {
            size: self.aws.page_size(),
            largest: self.aws.largest_page(),
            date_format: self.aws.date_format(),
            fault,
        };
        let (page, count) = list_channels::respond(request, &lock(&self.aws.channels), &options)?;
        self.update_log(|call| call.items = count);
        Ok(ServiceResponse::ok(self.api, page))
    }

    fn describe_thumbnails(
        &self,
        feed: &Feed,
        now: SystemTime,
        fault: Option<&FaultKind>,
    ) -> Result<ServiceResponse, ServiceError> {
        let (frame, date_format) = {
            let mut channels = lock(&self.aws.channels);
            describe_thumbnails::current_frame(&mut channels, feed, self.aws.pace(), now)?
        };
        let Some(still) = describe_thumbnails::still(&frame, feed, &self.aws.stills)? else {
            return Ok(ServiceResponse::ok(self.api, describe_thumbnails::EMPTY_LIST));
        };
        let date_format = date_format.unwrap_or_else(|| self.aws.date_format());
        let time_stamp = frame.time_stamp.map(|at| date_format.write(at).to_string());
        let body = describe_thumbnails::body(feed, &still, time_stamp.as_deref(), fault);
        if !lock(&self.aws.call_log).counters_only {
            let bytes = still.bytes(feed);
            let thumbnail = ServedThumbnail {
                number: frame.number,
                at: now,
                time_stamp: frame.time_stamp,
                fingerprint: fingerprint(&bytes),
                bytes: bytes.len(),
                quality: still.quality(),
            };
            lock(&self.aws.call_log).record_thumbnail(feed, thumbnail);
        }
        Ok(ServiceResponse::ok(self.api, body))
    }

    fn detect_labels(
        &self,
        request: &detect_labels::Request,
        feed: Option<Feed>,
        now: SystemTime,
    ) -> Result<ServiceResponse, ServiceError> {
        let (body, quality) = self.aws.labels.respond(request)?;
        let mut log = lock(&self.aws.call_log);
        if let Some(feed) = feed
            && !log.counters_only
        {
            let fingerprint = request.fingerprint;
            log.record_analysis(
                feed,
                AnalysedPicture { at: now, number: None, fingerprint, quality },
            );
        }
        Ok(ServiceResponse::ok(self.api, body))
    }

    fn channel(
        &self,
        request: &describe_channel::Request,
    ) -> Result<ServiceResponse, ServiceError> {
        let date_format = self.aws.date_format();
        let mut channels = lock(&self.aws.channels);
        let body = match self.api {
            Api::DescribeSchedule => describe_channel::schedule(request, &mut channels)?,
            Api::ListAlerts => describe_channel::alerts(request, &mut channels, &date_format)?,
            _ => describe_channel::describe(request, &mut channels, &date_format)?,
        };
        Ok(ServiceResponse::ok(self.api, body))
    }

    fn publish(&self, message: publish::Message) -> ServiceResponse {
        lock(&self.aws.call_log).messages.push(message);
        ServiceResponse::ok(self.api, publish::respond(self.number))
    }

    fn put_events(
        &self,
        request: &put_events::Request,
        now: SystemTime,
        fault: Option<&FaultKind>,
    ) -> ServiceResponse {
        self.update_log(|call| call.items = request.entries());
        let (body, accepted) = request.respond(now, self.number, fault);
        let mut log = lock(&self.aws.call_log);
        log.event_count += accepted.len() as u64;
        if !log.counters_only {
            log.events.extend(accepted);
        }
        ServiceResponse::ok(self.api, body)
    }

    fn cloudwatch(
        &self,
        request: &ciborium::Value,
        arrival: &Arrival,
        fault: Option<&FaultKind>,
    ) -> Result<ServiceResponse, ServiceError> {
        match self.api {
            Api::PutMetricData => {
                let data = put_metric_data::read(request, arrival)?;
                self.update_log(|call| call.items = data.len());
                self.store(data);
                // The service's response has no content at all.
                Ok(ServiceResponse::ok(self.api, ""))
            }
            Api::GetMetricData => {
                let queries = cbor::list(request, "MetricDataQueries").len();
                self.update_log(|call| call.items = queries);
                let answer = Answer { page_size: self.aws.datapoints_per_page(), fault };
                let metrics = lock(&self.aws.metrics);
                let body = get_metric_data::respond(request, &metrics, arrival.at, answer)?;
                Ok(ServiceResponse::ok(self.api, body))
            }
            _ => {
                let body = list_metrics::respond(request, &lock(&self.aws.metrics))?;
                Ok(ServiceResponse::ok(self.api, body))
            }
        }
    }

    /// Stores datapoints in CloudWatch and in the call log, or only counts them.
    fn store(&self, data: Vec<Datum>) {
        let mut log = lock(&self.aws.call_log);
        log.data_count += data.len() as u64;
        if log.counters_only {
            return;
        }
        let mut metrics = lock(&self.aws.metrics);
        for datum in &data {
            metrics.put(datum.metric(), datum.timestamp, datum.value);
        }
        drop(metrics);
        log.data.extend(data);
    }
}

impl Drop for OpenCall {
    fn drop(&mut self) {
        lock(&self.aws.call_log).in_flight[self.api.index()] -= 1;
    }
}
