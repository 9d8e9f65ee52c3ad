// A button that copies a text of the page. Without it the text is there to be selected.
for (const button of document.querySelectorAll('button[data-copies]')) {
  const source = document.getElementById(button.dataset.copies)
  const note = document.getElementById(button.dataset.notes)
  button.closest('[hidden]').hidden = false
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(source.textContent.trim())
      note.textContent = button.dataset.copied
    } catch {
      // No clipboard without https, or it was refused: select it, so that the keyboard copies it.
      getSelection().selectAllChildren(source)
      note.textContent = button.dataset.selected
    }
  })
}
