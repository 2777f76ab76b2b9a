//! How much room the compressed buffers of an Arrow file say that they need, before it is made.
//!
//! R and Python compress Feather files unless they are told not to. The length of a buffer stands
//! before it, and is believed when room for it is made; so a file of a few bytes could ask for all
//! memory. Only messages are looked at here, and no buffer is unpacked.

use arrow::ipc::{Message, RecordBatch, root_as_message};
use std::io::{self, Read, Seek, SeekFrom};

/// Bytes of the unpacked buffers of one batch, at most.
const MOST_BYTES: u64 = 1 << 28;
/// Bytes of what describes a message, at most.
const LONGEST_HEAD: u32 = 1 << 24;
/// What stands before the length of a message, but in files of old.
const CONTINUES: [u8; 4] = [0xff; 4];

/// Whether no batch of a stream that begins here says that it needs more room than one may have.
///
/// # Errors
/// The stream ends in the middle of a message, or is none.
pub(super) fn fits<R: Read + Seek>(input: &mut R) -> io::Result<bool> {
    let mut head = Vec::new();
    loop {
        let mut word = [0; 4];
        if input.read(&mut word[..1])? == 0 {
            return Ok(true);
        }
        input.read_exact(&mut word[1..])?;
        if word == CONTINUES {
            input.read_exact(&mut word)?;
        }
        let length = u32::from_le_bytes(word);
        if length == 0 {
            return Ok(true);
        }
        if length > LONGEST_HEAD {
            return Err(io::ErrorKind::InvalidData.into());
        }
        head.clear();
        input.take(length.into()).read_to_end(&mut head)?;
        let message = root_as_message(&head).map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
        let body = input.stream_position()?;
        if let Some(batch) = batch_of(&message)
            && room(&batch, body, input)? > MOST_BYTES
        {
            return Ok(false);
        }
        let length = u64::try_from(message.bodyLength()).map_err(|_| io::ErrorKind::InvalidData)?;
        let end = body.checked_add(length).ok_or(io::ErrorKind::InvalidData)?;
        input.seek(SeekFrom::Start(end))?;
    }
}

/// The batch of a message, also where it is the words of a dictionary.
fn batch_of<'m>(message: &Message<'m>) -> Option<RecordBatch<'m>> {
    message.header_as_record_batch().or_else(|| message.header_as_dictionary_batch()?.data())
}

/// What the buffers of a batch say that they need; nothing where they are not compressed.
fn room<R: Read + Seek>(batch: &RecordBatch<'_>, body: u64, input: &mut R) -> io::Result<u64> {
    let mut room = 0_u64;
    let buffers = batch.compression().and_then(|_| batch.buffers());
    for buffer in buffers.iter().flatten().filter(|buffer| buffer.length() > 0) {
        let offset = u64::try_from(buffer.offset()).map_err(|_| io::ErrorKind::InvalidData)?;
        input.seek(SeekFrom::Start(body.checked_add(offset).ok_or(io::ErrorKind::InvalidData)?))?;
        let mut stated = [0; 8];
        input.read_exact(&mut stated)?;
        // Less than nothing says that the buffer is not compressed after all.
        room = room.saturating_add(u64::try_from(i64::from_le_bytes(stated)).unwrap_or(0));
    }
    Ok(room)
}
