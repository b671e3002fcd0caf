//! The conformance kit: every behaviour of the ports as a named case that any backend runs with one line.
//!
//! ```ignore
//! async fn fresh() -> aurex_core::store::conformance::Fixture { /* a fresh store */ }
//!
//! aurex_core::conformance!(fresh);
//! ```
//!
//! expands to one `#[tokio::test]` a case, named as the case is, so that a backend's test run reads as the list of what
//! it keeps. The calling crate has `tokio` with `macros` and `rt-multi-thread` among its own dev-dependencies.
//!
//! A case is a plain function of a [`World`]: it opens shops on its own scripted time and chance, walks the same service
//! functions as everybody, and looks at the store through the ports alone. It reports by panicking, as tests do.
//!
//! | file | idea |
//! |---|---|
//! | `world`, `shop`, `till`, `scene`, `script` | what cases play with |
//! | `forge` | changes that no decision would make, to see them refused |
//! | `deeds`, `metal_deeds`, `player`, `ahead`, `amends`, `looks`, `backstage` | whatever comes to a shop's mind: drawn, shrunk, played |
//! | `day` | a whole day, to the paisa and the nanogram |
//! | `metal` | metal comes in and goes round, and back again |
//! | `rates` | what follows from a rate, and who may move it how far |
//! | `brought` | the tables that a shop brings when it begins |
//! | `undo` | whatever the table of undos says can be taken back leaves nothing behind but its papers |
//! | `stock` | what is written about a piece is put right |
//! | `bookings` | rates locked and money paid ahead, what bills and receipts make of them, and the undo of each |
//! | `payee` | where customers pay, and what bills say of it |
//! | `plans` | what the workspace's plan lets happen, and who says how it stands |
//! | `books` | every report agrees with the trial balance, and returns with the books |
//! | `notes` | bills put right after they were issued: credit and debit notes, refunds, and the undo of each |
//! | `admission` | scopes of this store, changes of this scope |
//! | `writers` | all or nothing |
//! | `faulty`, `faults` | a store that fails at any call: nothing half-done, sent again it is done once |
//! | `turns` | one writer a tenant, in order of arrival |
//! | `moments` | time is read under the turn and never goes back |
//! | `withdrawal` | access withdrawn between request and turn |
//! | `directory` | slugs given once, credentials found within one tenant |
//! | `foreign` | another shop's ids find nothing |
//! | `lists` | pages, filters, searches |
//! | `unique` | what there is one of, and what never changes |
//! | `idempotency` | one key, one resource |
//! | `cash` | how much is taken in cash, and what is never turned into money |
//! | `moving` | a workspace leaves and arrives whole, or not at all |
//! | `ending` | a workspace that has ended is nowhere |
//! | `log` | gapless, hashed as stored, opened by its openings |
//! | `inspection` | what was altered behind a store's back is found and named |
//! | `erasure` | what was erased is nowhere, what was not still proves itself |
//! | `forgetting` | former members are erased, and what has passed its class goes by itself |
//! | `rebuild` | tables are what the log tells, sums are what they sum |
//! | `housekeeping` | what never takes a turn |
//! | `outbox` | mails on their way out |
//! | `transparency` | what is published of a log: never retracted, never anybody else's, and every proof holds |
//! | `reopened` | what is still there when the store was closed and opened again: `conformance_durable!` |
//! | `machine` | scripts of deeds beside the reference store, the shortest that fails is shown |
//! | `differential` | twin worlds: a shop among others answers as one alone in the reference store |

#![expect(
    clippy::unwrap_used,
    reason = "a case is a test that other crates run: it reports by panicking, like any test"
)]

mod ahead;
mod amends;
mod backstage;
pub mod brought;
mod closing_deeds;
mod deeds;
mod forge;
mod looks;
mod metal_deeds;
mod player;
mod scene;
mod script;
mod shop;
pub(crate) mod till;
mod world;

pub mod access;
pub mod admission;
pub mod bookings;
pub mod books;
pub mod cash;
pub mod closing;
pub mod day;
pub mod differential;
pub mod directory;
pub mod ending;
pub mod erasure;
pub mod faults;
mod faulty;
pub mod foreign;
pub mod forgetting;
pub mod housekeeping;
pub mod idempotency;
pub mod inspection;
pub mod lists;
pub mod log;
pub mod machine;
pub mod metal;
pub mod moments;
pub mod moving;
pub mod notes;
pub mod outbox;
pub mod payee;
pub mod plans;
pub mod rates;
pub mod rebuild;
pub mod reopened;
pub mod stock;
pub mod transparency;
pub mod turns;
pub mod undo;
pub mod unique;
pub mod vouchers;
pub mod withdrawal;
pub mod writers;

pub use faulty::{Fault, FaultyStore};
pub use script::{ScriptedClock, ScriptedEntropy};
pub use shop::Shop;
pub use till::*;
pub use world::{Fixture, Reopen, World};

/// Runs every case of the kit against the stores that `$factory`, the name of an `async fn() -> Fixture` in scope, makes.
#[macro_export]
macro_rules! conformance {
    ($factory:ident) => {
        $crate::conformance! { @cases $factory;
            day {
                a_shops_day_comes_out_to_the_paisa_and_the_nanogram
                a_cancelled_bill_is_mirrored_exactly
                a_bill_says_its_parties_as_they_were_when_it_was_issued
                a_reversed_receipt_opens_the_bill_again
                a_piece_does_not_come_back_beside_one_with_its_hallmark_id
            }
            rates {
                a_bill_takes_the_rate_that_follows_from_the_board
                a_rate_goes_no_further_than_one_person_decides
                a_table_of_rates_is_posted_whole_or_not_at_all
            }
            brought {
                a_table_of_people_comes_in_whole_with_what_stood_open_and_once
                a_table_of_pieces_comes_in_whole_or_not_at_all
                an_opening_balance_is_posted_for_either_side_and_put_right_by_the_other
            }
            stock {
                scanned_tags_are_held_against_the_pieces_in_stock
                stock_is_worth_the_lower_of_its_cost_and_the_days_rate
                a_piece_in_stock_is_described_anew_and_a_sold_one_is_not
                a_piece_takes_no_other_pieces_tag_or_hallmark_id
            }
            payee {
                a_bill_says_where_what_is_open_is_paid
                payee_details_are_an_owners_to_change_and_told_to_owners
            }
            plans {
                a_read_only_workspace_writes_nothing_new_and_still_reads_and_pays
                billing_details_and_plan_are_changed_by_whom_they_are_and_told_to_owners
            }
            bookings {
                a_bill_takes_a_booked_rate_for_its_weight_and_the_days_beyond_it
                a_booking_sells_where_the_day_has_no_rate
                each_policy_gives_its_own_rate
                a_lock_that_does_not_hold_is_told
                an_advance_settles_a_bill_or_goes_back_and_never_twice
                two_tills_never_use_the_same_grams_or_the_same_rupees
                how_far_a_rate_is_locked_is_the_roles_limit
                the_position_of_open_locks_adds_up
                bookings_and_advances_are_listed_newest_first
                a_bill_comes_to_the_figure_bargained_at_the_counter
            }
            books {
                every_report_agrees_with_the_trial_balance
                the_day_book_has_every_entry_once_and_an_account_runs_to_its_balance
                the_return_declares_what_the_tax_accounts_were_credited_with
                what_is_owed_ages_from_the_day_it_was_billed
                every_report_can_be_had_as_tables
            }
            closing {
                a_locked_day_takes_no_entries_and_loses_no_document
                the_lock_goes_forward_by_the_accountant_and_back_by_the_owner_alone
            }
            vouchers {
                a_journal_voucher_is_written_shown_and_reversed_once
                a_refused_journal_voucher_leaves_nothing
            }
            undo {
                what_is_done_and_undone_is_as_if_it_had_not_been_done
            }
            notes {
                a_piece_that_comes_back_is_credited_whole_and_the_note_can_be_undone
                partial_notes_sum_to_the_bill_part_by_part
                an_allowance_is_a_discount_within_the_roles_limit
                after_the_statutory_date_a_credit_note_leaves_the_tax
                a_note_whose_goods_or_money_are_gone_is_not_cancelled
                a_debit_note_makes_more_due_until_it_is_cancelled
                money_goes_back_from_credit_alone_and_no_more_cash_than_there_is
                notes_and_refunds_are_listed_newest_first
            }
            metal {
                old_metal_pays_a_bill_and_its_purchase_is_mirrored_exactly
                what_old_metal_left_on_an_account_goes_out_once
                what_was_paid_back_is_not_undone_into_another_payment
                old_metal_is_taken_from_known_owners_at_the_days_rate
                a_purchase_brings_goods_and_input_tax_and_is_recorded_once
                a_goldsmith_holds_what_he_was_given_and_answers_for_it
                melting_and_writing_off_leave_their_difference_and_a_history
                vouchers_and_payments_are_found_by_kind_party_state_and_day
            }
            admission {
                a_scope_of_another_store_is_refused
                a_tenant_that_never_was_is_refused
                a_change_sealed_in_another_scope_is_refused
                a_change_sealed_for_another_tenant_is_refused
                a_change_sealed_under_another_stores_authority_is_refused
                a_founding_is_refused_by_another_tenants_writer
                a_tenant_is_founded_once
                a_workspace_is_opened_by_its_own_action_alone
                what_is_opened_is_the_scopes_own_tenant
            }
            writers {
                a_writer_after_a_failed_apply_stores_nothing
                a_writer_after_a_failed_apply_answers_nothing
                a_dropped_writer_rolls_back
                a_reader_sees_the_moment_it_was_opened
                a_writer_reads_what_it_has_applied_and_others_do_not
                two_changes_of_one_turn_commit_together
                a_cancellation_at_any_wait_leaves_all_or_nothing
            }
            cash {
                less_than_two_lakh_is_taken_in_cash_from_one_person_in_a_day
                records_of_one_person_share_the_limit
                one_bill_takes_less_than_two_lakh_in_cash_on_however_many_days
                one_occasion_takes_less_than_two_lakh_in_cash_from_one_person
                metal_at_the_exchange_rate_is_never_paid_out
                cash_is_reported_by_person
                a_bookings_advance_settles_the_lines_that_use_it
                the_same_gold_is_not_lost_a_little_each_time_it_is_melted
                an_opening_balance_comes_before_anything_else
            }
            faults {
                a_bill_that_fails_at_any_call_is_issued_once_when_it_is_sent_again
                a_receipt_that_fails_at_any_call_is_taken_once_when_it_is_sent_again
                a_collector_that_fails_at_any_call_seals_each_observation_once
                a_founding_that_fails_is_whole_or_nothing
            }
            turns {
                other_tenants_do_not_wait
                readers_and_housekeeping_do_not_wait_for_the_turn
                a_waiter_is_sent_away_when_patience_runs_out
                a_full_queue_refuses_at_once
                turns_are_handed_on_in_order_of_arrival
                what_a_waiter_reads_is_current
                a_waiter_reads_sums_lists_and_head_as_the_turn_before_left_them
                a_crowd_at_one_shops_till_holds_up_no_other_shop
                contended_documents_are_numbered_without_a_gap
                one_piece_is_sold_once
            }
            moments {
                time_never_goes_back_even_when_the_clock_does
                time_is_kept_by_tenant
                a_change_is_dated_after_the_turn_is_taken
                the_last_rate_posted_is_current_even_when_the_clock_stands
                a_business_date_is_a_day_in_the_shops_zone
            }
            withdrawal {
                a_scope_made_before_a_change_of_role_is_withdrawn
                a_scope_made_before_a_disabling_is_withdrawn
                a_scope_made_before_its_session_closed_is_withdrawn
                a_scope_made_before_its_token_was_revoked_is_withdrawn
                a_token_is_withdrawn_with_its_members_role
                a_verified_password_is_withdrawn_with_its_member
                a_queued_writer_is_withdrawn_by_the_turn_before_it
                a_change_of_somebody_elses_access_withdraws_nothing
                the_epoch_is_kept_by_tenant
            }
            access {
                every_row_of_access_is_read_as_it_was_put
                rows_of_access_are_replaced_as_wholes
                the_door_says_what_the_workspace_says_of_a_member
                links_and_tills_are_found_in_their_own_workspace_only
                a_tills_open_sessions_are_listed
                a_scope_made_before_its_custom_role_changed_is_withdrawn
                last_uses_are_told_in_the_order_asked_for
            }
            directory {
                a_slug_is_given_once
                one_of_two_foundings_at_once_has_the_slug
                a_workspace_begins_with_the_entry_of_its_founding
                the_directory_lists_every_workspace
                a_member_is_found_in_one_workspace_at_a_time
                a_session_or_token_is_found_in_its_own_workspace_only
            }
            foreign {
                another_shops_ids_find_nothing_exactly_as_ids_that_never_existed
                commands_with_foreign_ids_are_refused_as_with_unknown_ones
                names_are_a_shops_own
            }
            lists {
                lists_of_what_there_is_run_oldest_first
                lists_of_what_happened_run_newest_first
                customers_are_found_by_beginnings_of_name_telephone_or_gstin
                who_is_found_is_listed_by_their_words_page_for_page
                bills_are_filtered_by_state_payment_customer_and_date
                the_board_shows_the_last_rate_of_each_kind_for_its_day
                the_log_is_searched_by_actor_action_subject_and_time
                a_searched_log_is_paged_through_without_a_gap
            }
            unique {
                a_second_row_of_a_unique_name_is_refused
                a_hallmark_id_is_unique_while_its_piece_is_live
                an_entry_is_reversed_at_most_once
                rows_of_append_only_tables_are_never_put_again
                a_row_of_state_replaces_the_one_before
                a_live_idempotency_key_is_kept_once
                unique_names_are_unique_by_tenant
            }
            idempotency {
                the_same_command_is_answered_with_the_same_resource
                a_replay_shows_the_resource_as_it_is_now
                other_content_names_the_first_field_that_differs
                keys_of_other_holders_and_actions_are_independent
                a_refused_command_leaves_the_key_free
                a_key_lives_for_72_hours
                dead_keys_are_swept_and_live_ones_stay
                one_command_sent_many_times_at_once_is_done_once
            }
            log {
                the_log_is_gapless_hashed_as_stored_and_opened_by_its_openings
                every_change_is_one_entry_and_its_receipt_finds_it
                an_entry_says_who_did_what_from_where
                a_refused_command_leaves_no_entry
                a_change_of_a_thousand_rows_is_one_entry
                logs_are_kept_by_tenant
            }
            inspection {
                a_shop_reconciles_with_its_log_however_few_rows_are_held_at_once
                rows_as_they_stand_are_all_rows_in_pages
                a_copy_to_drill_on_is_the_shops_rows_and_what_is_done_to_it_is_undone
                a_copy_is_the_scopes_own_tenants
                every_one_of_a_thousand_alterations_is_found_and_named
                alterations_of_what_was_published_are_found_and_named
                a_log_is_held_against_what_was_published_of_it
            }
            erasure {
                what_is_erased_is_gone_from_table_and_log_and_every_proof_still_holds
                what_the_books_keep_is_not_erased_with_the_rest
                an_erased_customer_is_erased_once
                only_an_erasure_empties_what_opens_an_entry
                every_change_of_a_customer_is_about_that_customer
            }
            forgetting {
                a_former_member_is_erased_from_rows_and_log_and_every_proof_still_holds
                what_has_passed_its_class_goes_by_itself_and_nothing_before
                a_long_log_expires_in_batches_that_can_be_broken_off
                a_mail_changes_by_erasure_alone
            }
            rebuild {
                tables_are_what_the_log_tells
            }
            housekeeping {
                buckets_come_back_in_the_order_asked_for
                buckets_are_swapped_all_or_none
                buckets_are_swept_when_they_have_run_dry
                of_sixty_four_tries_at_once_exactly_the_limit_is_admitted
                a_sessions_last_use_is_seen_at_the_door
                a_check_value_stays_as_it_was_first_kept
                a_later_keys_check_value_joins_the_first_ones
                one_of_two_first_starts_has_its_check_values_kept
                observations_wait_numbered_until_they_are_forgotten
                the_collector_seals_repeats_as_one_entry
                a_collector_that_died_repeats_nothing
            }
            outbox {
                a_mail_is_taken_by_one_sender_at_a_time
                the_mail_that_waits_longest_is_taken_first
                a_settled_mail_stays_settled_until_it_is_swept
                senders_that_ask_at_once_share_the_mails
            }
            transparency {
                a_turn_that_ended_is_told_of_once
                leaves_and_bytes_are_the_entries_own_in_order
                a_step_is_made_once_and_a_checkpoint_is_never_taken_back
                a_beat_confirms_the_last_checkpoint_and_no_other
                what_is_published_of_one_shop_is_nothing_of_anothers
                every_proof_out_of_stored_tiles_holds
                a_log_that_grows_is_published_on_and_one_that_stands_still_is_confirmed
                publishers_that_race_publish_every_checkpoint_once
                a_publisher_that_fails_at_any_call_is_gone_on_from
                a_log_that_is_not_what_was_published_is_not_signed
                a_printed_link_finds_its_entry_and_nothing_else
                after_a_rotation_whoever_knows_the_old_key_learns_the_new_one
            }
            ending {
                a_workspace_that_has_ended_is_nowhere_and_another_is_as_it_was
            }
            moving {
                a_workspace_arrives_with_nothing_lost_and_goes_on
                mails_that_arrive_are_not_sent_again
                an_archive_that_was_altered_leaves_nothing_behind
                an_archive_that_was_forged_whole_leaves_nothing_behind
                a_workspace_arrives_once
                a_workspace_that_left_is_closed_where_it_was
                a_leaving_that_was_interrupted_is_gone_on_with
                what_has_arrived_already_is_only_closed_where_it_was
                what_was_about_to_end_arrives_without_an_end
            }
            machine {
                every_answer_is_the_reference_stores_and_the_books_are_sound_after_each_step
            }
            differential {
                a_shop_is_answered_as_if_it_were_alone_in_the_reference_store
            }
        }
    };
    (@cases $factory:ident; $($group:ident { $($case:ident)* })*) => {
        $($crate::conformance! { @group $factory; $group { $($case)* } })*
    };
    (@group $factory:ident; $group:ident { $($case:ident)* }) => {
        mod $group {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    let world = $crate::store::conformance::World::of(super::$factory().await);
                    $crate::store::conformance::$group::$case(&world).await;
                    drop(world.end().await);
                }
            )*
        }
    };
}

/// Runs the cases of a store that outlives its process: closed in order and opened again, it is the same store.
///
/// They stand apart from [`conformance!`] so that a backend's list of tests shows whether it claims this. The factory's
/// [`Fixture::reopen`](crate::store::conformance::Fixture::reopen) says how; without it every case fails.
#[macro_export]
macro_rules! conformance_durable {
    ($factory:ident) => {
        $crate::conformance_durable! { @cases $factory;
            what_was_committed_is_there_and_what_was_not_is_gone
            documents_are_numbered_on_without_a_gap
            housekeeping_is_kept_and_observations_still_rise
            kept_keys_still_replay
            access_is_as_it_was_and_scopes_from_before_are_foreign
            time_does_not_go_back_over_a_reopening
        }
    };
    (@cases $factory:ident; $($case:ident)*) => {
        mod reopened {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    let world = $crate::store::conformance::World::of(super::$factory().await);
                    let world = $crate::store::conformance::reopened::$case(world).await;
                    drop(world.end().await);
                }
            )*
        }
    };
}

#[cfg(test)]
mod tests {
    /// A case that the macro does not name is run by nobody.
    #[test]
    fn every_case_is_named_by_the_macro() {
        let named = include_str!("mod.rs");
        let rooms = [
            ("access", include_str!("access.rs")),
            ("admission", include_str!("admission.rs")),
            ("books", include_str!("books.rs")),
            ("cash", include_str!("cash.rs")),
            ("closing", include_str!("closing.rs")),
            ("day", include_str!("day.rs")),
            ("differential", include_str!("differential.rs")),
            ("directory", include_str!("directory.rs")),
            ("ending", include_str!("ending.rs")),
            ("erasure", include_str!("erasure.rs")),
            ("faults", include_str!("faults.rs")),
            ("foreign", include_str!("foreign.rs")),
            ("forgetting", include_str!("forgetting.rs")),
            ("housekeeping", include_str!("housekeeping.rs")),
            ("outbox", include_str!("outbox.rs")),
            ("idempotency", include_str!("idempotency.rs")),
            ("inspection", include_str!("inspection.rs")),
            ("lists", include_str!("lists.rs")),
            ("log", include_str!("log.rs")),
            ("machine", include_str!("machine.rs")),
            ("metal", include_str!("metal.rs")),
            ("moments", include_str!("moments.rs")),
            ("moving", include_str!("moving.rs")),
            ("bookings", include_str!("bookings.rs")),
            ("notes", include_str!("notes.rs")),
            ("payee", include_str!("payee.rs")),
            ("plans", include_str!("plans.rs")),
            ("rates", include_str!("rates.rs")),
            ("rebuild", include_str!("rebuild.rs")),
            ("reopened", include_str!("reopened.rs")),
            ("stock", include_str!("stock.rs")),
            ("transparency", include_str!("transparency.rs")),
            ("turns", include_str!("turns.rs")),
            ("undo", include_str!("undo.rs")),
            ("unique", include_str!("unique.rs")),
            ("vouchers", include_str!("vouchers.rs")),
            ("withdrawal", include_str!("withdrawal.rs")),
            ("writers", include_str!("writers.rs")),
        ];
        let mut cases = 0;
        for (room, text) in rooms {
            for rest in text.split("\npub async fn ").skip(1) {
                let case = rest.split('(').next().unwrap();
                assert!(named.lines().any(|line| line.trim() == case), "{room}::{case}");
                cases += 1;
            }
        }
        assert!(cases >= 80);
    }
}
