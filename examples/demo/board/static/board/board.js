/** What the board does by itself in the browser: cards that are dragged, and a dialog that keeps the focus. */
globalThis.djustHooks = {
  Board: {
    mounted() {
      let dragged;
      const clear = () => {
        for (const one of this.el.querySelectorAll(".card-over")) one.classList.remove("card-over");
      };
      this.el.addEventListener("dragstart", (event) => {
        dragged = event.target.closest("[data-pk]");
        event.dataTransfer.effectAllowed = "move";
        event.dataTransfer.setData("text/plain", dragged.dataset.pk);
      });
      this.el.addEventListener("dragover", (event) => {
        const column = event.target.closest("[data-status]");
        if (!dragged || !column) return;
        event.preventDefault();
        clear();
        (event.target.closest("[data-pk]") ?? column).classList.add("card-over");
      });
      this.el.addEventListener("dragend", clear);
      this.el.addEventListener("drop", (event) => {
        const column = event.target.closest("[data-status]");
        if (!dragged || !column) return;
        event.preventDefault();
        clear();
        const { pk } = dragged.dataset;
        const before = event.target.closest("[data-pk]")?.dataset.pk;
        dragged = undefined;
        if (before !== pk) this.pushEvent("move", { pk, status: column.dataset.status, ...(before && { before }) });
      });
    },
  },
  Dialog: {
    mounted() {
      // It is open already for those who have no scripts.
      this.el.removeAttribute("open");
      this.el.showModal();
      this.el.addEventListener("cancel", (event) => {
        event.preventDefault();
        this.pushEvent("close");
      });
    },
    destroyed() {
      document.getElementById(this.el.dataset.opener)?.focus();
    },
  },
};
