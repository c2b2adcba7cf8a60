//! Who cannot read what another writes, and who of two that want in at the same time goes first.

use super::document::LiveMember;

/// What the others mean for one who has a claim: who wants in, or wants to write another version.
#[derive(Debug, PartialEq)]
pub(super) enum Verdict<'m> {
    /// Nobody is in the way.
    Free,
    /// These are in and cannot read what it would write.
    NotReadBy(Vec<&'m LiveMember>),
    /// These are in and write what it cannot read.
    WritesOf(Vec<&'m LiveMember>),
    /// Others that are in the way have claims of their own and registered after it: they give way, or were in before they could see it.
    Wait,
    /// This one has a claim of its own and comes first.
    GiveWay(&'m LiveMember),
}

/// Looks at the claim of `own` among the others that are alive.
pub(super) fn judge<'m>(own: &LiveMember, others: &'m [LiveMember]) -> Verdict<'m> {
    let standing = |other: &&LiveMember| other.writes.is_some();
    let blind = |other: &&LiveMember| !reads_all_of(other, own.written());
    let unheard = |other: &&LiveMember| !reads_all_of(own, writes(other));
    let not_read_by: Vec<_> = others.iter().filter(standing).filter(blind).collect();
    if !not_read_by.is_empty() {
        return Verdict::NotReadBy(not_read_by);
    }
    let writes_of: Vec<_> = others.iter().filter(standing).filter(unheard).collect();
    if !writes_of.is_empty() {
        return Verdict::WritesOf(writes_of);
    }
    // What is left in the way is what others want and do not have.
    let mut claims = others.iter().filter(|other| other.wants.is_some()).filter(|other| clash(own, other));
    let Some(first) = claims.clone().min_by_key(|other| other.id.member) else { return Verdict::Free };
    if claims.any(|other| other.id.member < own.id.member) { Verdict::GiveWay(first) } else { Verdict::Wait }
}

/// Whether one of two cannot read what the other writes or wants to write.
pub(super) fn clash(one: &LiveMember, other: &LiveMember) -> bool {
    !reads_all_of(one, other.written()) || !reads_all_of(other, one.written())
}

fn writes(member: &LiveMember) -> impl Iterator<Item = u32> {
    member.writes.into_iter().flat_map(|writes| [writes.from, writes.to])
}

fn reads_all_of(reader: &LiveMember, mut written: impl Iterator<Item = u32>) -> bool {
    written.all(|version| reader.reads.contains(version))
}

#[cfg(test)]
mod tests {
    use bson::{DateTime, oid::ObjectId};
    use proptest::prelude::*;

    use super::*;
    use crate::versions::document::{MemberId, Span};

    fn span() -> impl Strategy<Value = Span> {
        (1..4_u32, 0..3_u32).prop_map(|(from, more)| Span { from, to: from + more })
    }

    prop_compose! {
        fn member(of: u8)(
            member in 0..of, reads in span(), writes in prop::option::of(1..6_u32), wants in 1..6_u32, also: bool,
        ) -> LiveMember {
            let mut bytes = [0; 12];
            bytes[11] = member;
            LiveMember {
                id: MemberId { collection: "orders".to_owned(), member: ObjectId::from_bytes(bytes) },
                service: "shop".to_owned(),
                release: None,
                host: "here".to_owned(),
                process: 1,
                reads,
                writes: writes.map(Span::of),
                wants: (writes.is_none() || also).then_some(wants),
                revision: 0,
                seen_at: DateTime::MIN,
            }
        }
    }

    proptest! {
        #[test]
        fn nobody_is_let_in_beside_one_that_clashes(own in member(4), others in prop::collection::vec(member(4), 0..4)) {
            let others: Vec<_> = others.into_iter().filter(|other| other.id != own.id).collect();
            let clashes = others.iter().any(|other| clash(&own, other));
            prop_assert_eq!(judge(&own, &others) == Verdict::Free, !clashes);
        }

        #[test]
        fn of_two_claims_exactly_one_gives_way(one in member(4), other in member(4)) {
            prop_assume!(one.id != other.id && one.wants.is_some() && other.wants.is_some());
            let of_one = judge(&one, std::slice::from_ref(&other));
            let of_other = judge(&other, std::slice::from_ref(&one));
            let gives_way = |verdict: &Verdict<'_>| matches!(verdict, Verdict::GiveWay(_));
            let waits = |verdict: &Verdict<'_>| *verdict == Verdict::Wait;
            if waits(&of_one) || gives_way(&of_one) {
                // The other does the opposite, or finds that it may not anyway.
                prop_assert!(!(waits(&of_one) && waits(&of_other)));
                prop_assert!(!(gives_way(&of_one) && gives_way(&of_other)));
            }
        }
    }
}
